// What Node's own HTTP server can do on this machine: the reference for the sandbox's edge. Argument: the status, 404 without.
import { createServer } from "node:http";

const body = JSON.stringify({ error: "no such object" });
const server = createServer((_, response) => {
  response.writeHead(Number(process.argv[2] ?? 404), {
    "content-type": "application/json",
    "content-length": body.length,
  });
  response.end(body);
});
server.listen(0, "127.0.0.1", () => process.send(server.address().port));
