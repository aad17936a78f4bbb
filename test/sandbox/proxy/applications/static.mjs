// A static server from npm (sirv), with ranges and conditional requests. Argument: the folder.
import { createServer } from "node:http";
import sirv from "sirv";

const serve = sirv(process.argv[2], { etag: true, dev: true });
const server = createServer((incoming, outgoing) =>
  serve(incoming, outgoing, () => outgoing.writeHead(404).end("not here")),
);
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
