import { Link, navigate } from "gatsby";
import * as React from "react";

import { PAGE_SIZE, search } from "../search";
import "../styles.css";

// The address holds the whole search, so that Back, Forward and a shared link work: /?phrase=coast&page=2
function readAddress({ search: query }) {
  const asked = new URLSearchParams(query);
  return {
    family: asked.get("family") || "creative",
    phrase: asked.get("phrase") || "",
    page: asked.get("page") || "1",
  };
}

const address = (asked) => `/?${new URLSearchParams(asked)}`;

function useSearch({ family, phrase, page }) {
  const wanted = address({ family, phrase, page });
  const [answer, setAnswer] = React.useState({});

  React.useEffect(() => {
    if (!phrase) return undefined;
    const leaving = new AbortController();
    search({ family, phrase, page }, leaving.signal)
      .then((found) => setAnswer({ wanted, found }))
      .catch((error) => leaving.signal.aborted || setAnswer({ wanted, error }));
    return () => leaving.abort();
  }, [family, phrase, page, wanted]);

  if (!phrase) return {};
  // Until its own answer is here, a search shows the one before it, dimmed.
  return answer.wanted === wanted ? answer : { found: answer.found, loading: true };
}

export default function SearchPage({ location }) {
  const asked = readAddress(location);
  const { found, error, loading } = useSearch(asked);

  return (
    <main>
      <header>
        <h1>Find a picture</h1>
        <SearchForm asked={asked} key={location.search} />
      </header>
      <p role="status">{loading ? "Searching…" : found && summary(found, asked)}</p>
      {error && (
        <section role="alert">
          <h2>That search did not work</h2>
          <p>{error.message}</p>
        </section>
      )}
      {found && <Pictures images={found.images} busy={loading} />}
      {found && <Pages asked={asked} last={Math.ceil(found.result_count / PAGE_SIZE)} />}
      {!asked.phrase && <Suggestions />}
    </main>
  );
}

function SearchForm({ asked }) {
  const submit = (event) => {
    event.preventDefault();
    const { phrase, family } = Object.fromEntries(new FormData(event.currentTarget));
    navigate(address({ phrase, family }));
  };

  return (
    <form role="search" onSubmit={submit}>
      <label>
        <span>Phrase</span>
        <input type="search" name="phrase" defaultValue={asked.phrase} placeholder="coast at dawn" required />
      </label>
      <label>
        <span>Kind</span>
        <select name="family" defaultValue={asked.family}>
          <option value="creative">Creative</option>
          <option value="editorial">Editorial</option>
        </select>
      </label>
      <button>Search</button>
    </form>
  );
}

function Pictures({ images, busy }) {
  return (
    <ul className="pictures" aria-busy={busy ?? false}>
      {images.map(({ id, title, artist, display_sizes: sizes }) => (
        <li key={id}>
          <figure>
            <img src={sizes.find(({ name }) => name === "thumb")?.uri} alt="" />
            <figcaption>
              <strong>{title}</strong>
              <span>{artist}</span>
            </figcaption>
          </figure>
        </li>
      ))}
    </ul>
  );
}

function Pages({ asked, last }) {
  const page = Number(asked.page);
  return (
    <nav aria-label="Pages of results">
      {page > 1 && <Link to={address({ ...asked, page: page - 1 })} rel="prev">Previous</Link>}
      {page < last && <Link to={address({ ...asked, page: page + 1 })} rel="next">Next</Link>}
    </nav>
  );
}

function Suggestions() {
  return (
    <p className="suggestions">
      Try {["coast", "mountain", "city"].map((phrase) => <Link key={phrase} to={address({ phrase })}>{phrase}</Link>)}
    </p>
  );
}

function summary({ result_count: count, images }, { phrase, page }) {
  if (!images.length) return `Nothing found for “${phrase}”.`;
  const first = (page - 1) * PAGE_SIZE + 1;
  return `${first}–${first + images.length - 1} of ${count.toLocaleString("en")} pictures for “${phrase}”`;
}

export function Head() {
  return (
    <>
      <html lang="en" />
      <title>Find a picture</title>
      <meta name="description" content="Search Getty Images from a Gatsby site" />
      <link rel="icon" href="data:," />
    </>
  );
}
