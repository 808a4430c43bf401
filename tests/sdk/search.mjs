/**
 * The official SDK, talking to `getty-token sandbox --port PORT`: `node search.mjs PORT`.
 *
 * Prints, as JSON, what the SDK gave for a search, a picture, a picture that does not exist, and a wrong secret.
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

const first = await search(1);
console.log(
  JSON.stringify({
    first,
    second: await search(2),
    picture: await picture(first.images[0].id),
    unknownPicture: await picture("1").catch((error) => error.statusCode),
    token: await getty.getAccessToken(),
    // The SDK keeps the reason to itself: it gives no token, and no explanation.
    tokenForWrongSecret: await stranger.getAccessToken(),
  }),
);
