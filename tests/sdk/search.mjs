/**
 * The official SDK, talking to `getty-token sandbox --port PORT`: `node search.mjs PORT`.
 *
 * Prints, as JSON, what the SDK gave: for searches, look-ups of every kind, and what is refused.
 */
import http from "node:http";
import https from "node:https";
import Getty from "gettyimages-api";

const port = Number(process.argv[2]);

// The SDK takes another host, but always speaks TLS to port 443. Its requests go to the sandbox as they are, only
// without TLS.
https.request = (options, answered) => http.request({ ...options, hostname: "127.0.0.1", port }, answered);

const getty = new Getty({ apiKey: "test-key", apiSecret: "test-secret" });
const stranger = new Getty({ apiKey: "test-key", apiSecret: "wrong" });

const search = (page) =>
  getty
    .searchimagescreative()
    .withPhrase("coast")
    .withPage(page)
    .withPageSize(5)
    .withResponseField("id")
    .withResponseField("title")
    .withResponseField("display_set")
    .execute();

const picture = (id) => getty.images().withId(id).withResponseField("id").withResponseField("title").execute();

const failed = (error) => error.statusCode;

const first = await search(1);
const editorial = await getty
  .searchimageseditorial()
  .withAcceptLanguage("en-GB")
  .withPhrase("football")
  .withEditorialSegments("sport")
  .withOrientation("horizontal")
  .withStartDate("2017-01-01")
  .withSortOrder("newest")
  .withPageSize(10)
  .withResponseField(["detail_set"])
  .execute();
const blended = await getty.searchimages().withPhrase("harbour").withPageSize(3).execute();
const videos = await getty
  .searchvideoscreative()
  .withPhrase("sunset")
  .withFrameRate("25")
  .withMinClipLength(10)
  .withResponseField(["id", "title", "clip_length", "thumb"])
  .execute();
const newsVideos = await getty.searchvideoseditorial().withPhrase("election").withPageSize(2).execute();
const [event] = editorial.images[0].event_ids;

console.log(
  JSON.stringify({
    first,
    second: await search(2),
    picture: await picture(first.images[0].id),
    pictures: await getty
      .images()
      .withIds(first.images.map((image) => image.id))
      .withResponseField(["id", "keywords", "download_sizes"])
      .execute(),
    unknownPicture: await picture("1").catch(failed),
    pageThatIsNotThere: await search(999).catch(failed),
    editorial,
    blended,
    videos,
    newsVideos,
    video: await getty.videos().withId(videos.videos[0].id).withResponseField(["summary_set", "downloads"]).execute(),
    twoVideos: await getty.videos().withIds([videos.videos[0].id, "1"]).execute(),
    event: await getty.events().withId(event).withResponseField("name").execute(),
    countries: await getty.countries().execute(),
    collections: await getty.collections().execute(),
    similar: await getty
      .customrequest()
      .withMethod("get")
      .withRoute(`images/${first.images[0].id}/similar`)
      .withQueryParameters({ page_size: 4, fields: "id" })
      .execute(),
    download: await getty.downloadsimages().withId(first.images[0].id).execute().catch(failed),
    board: await getty
      .customrequest()
      .withMethod("post")
      .withRoute("boards")
      .withQueryParameters({})
      .withBody({ name: "mine" })
      .execute()
      .catch(failed),
    token: await getty.getAccessToken(),
    // The SDK keeps the reason to itself: it gives no token, and no explanation.
    tokenForWrongSecret: await stranger.getAccessToken(),
  }),
);
