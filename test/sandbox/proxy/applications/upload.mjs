// An upload server from npm (express, busboy): reports what it received, and sends as many bytes as requested.
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import busboy from "busboy";
import express from "express";

const app = express();
app.disable("x-powered-by");

app.post("/api/files", (incoming, outgoing) => {
  const form = busboy({ headers: incoming.headers });
  const files = [];
  form.on("file", (name, file, { filename }) => {
    const hash = createHash("sha256");
    let bytes = 0;
    file.on("data", (chunk) => {
      hash.update(chunk);
      bytes += chunk.length;
    });
    file.on("end", () => files.push({ name, filename, bytes, sha256: hash.digest("hex") }));
  });
  form.on("close", () => outgoing.json(files));
  incoming.pipe(form);
});

app.put("/api/raw", async (incoming, outgoing) => {
  let bytes = 0;
  for await (const chunk of incoming) bytes += chunk.length;
  outgoing.json({ bytes });
});

const BLOCK = Buffer.alloc(65_536, "keyturn ");
app.get("/api/bytes", (incoming, outgoing) => {
  let left = Number(incoming.query.count);
  outgoing.setHeader("content-length", left);
  const body = new Readable({
    read() {
      const chunk = left >= BLOCK.length ? BLOCK : BLOCK.subarray(0, left);
      left -= chunk.length;
      this.push(chunk.length === 0 ? null : chunk);
    },
  });
  body.pipe(outgoing);
});

const server = app.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
