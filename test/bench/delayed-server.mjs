// An edge of a CDN as far as a probe can tell: every answer takes 20 ms and is a denial. Counts what it is asked.
import { createServer } from "node:http";

const DELAY = 20;
const body =
  '<?xml version="1.0" encoding="UTF-8"?><Error><Code>MissingKey</Code><Message>Missing Key-Pair-Id query parameter or cookie value</Message></Error>';
const headers = {
  "content-type": "text/xml",
  "content-length": Buffer.byteLength(body),
  server: "CloudFront",
  "x-cache": "Error from cloudfront",
  "x-amz-cf-pop": "FRA56-P4",
};
let count = 0;
const server = createServer((_, response) => {
  count += 1;
  setTimeout(() => {
    response.writeHead(403, headers);
    response.end(body);
  }, DELAY);
});
server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
process.on("message", () => {
  process.send({ count });
  count = 0;
});
