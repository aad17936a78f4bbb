// A WebSocket echo from npm (ws), at every path.
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const server = createServer((incoming, outgoing) => {
  outgoing.setHeader("content-type", "text/html");
  outgoing.end(`<title>echo</title>${incoming.url}`);
});
const sockets = new WebSocketServer({ server });
sockets.on("connection", (socket, incoming) => {
  socket.send(`cookie ${incoming.headers.cookie ?? "none"}`);
  socket.on("message", (message, isBinary) => socket.send(message, { binary: isBinary }));
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
