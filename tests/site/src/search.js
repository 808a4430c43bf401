export const PAGE_SIZE = 12;

/**
 * One page of pictures: `{ result_count, images: [{ id, title, artist, display_sizes }] }`.
 *
 * The browser asks this site's own function. Key, secret and token stay on the server's side of it.
 */
export async function search({ family, phrase, page }, signal) {
  const query = new URLSearchParams({ phrase, page, page_size: PAGE_SIZE, fields: "id,title,artist,thumb" });
  const response = await fetch(`/.netlify/functions/getty/v3/search/images/${family}?${query}`, { signal });
  if (!response.ok) {
    throw new Error(`${response.status}: ${await reason(response)}`);
  }
  return response.json();
}

/** What the answer says went wrong: a problem's `detail`, Getty's own words, or plain text. */
async function reason(response) {
  const text = await response.text();
  try {
    const body = JSON.parse(text);
    return body.detail ?? body.ErrorMessage ?? body.message ?? response.statusText;
  } catch {
    return text || response.statusText;
  }
}
