#!/usr/bin/env node
// Starts the built program; nothing else.
import module from "node:module";

// Node 22.1 and later keep compiled code on disk: the second start is faster.
module.enableCompileCache?.();

import("../dist/main.js").then(
  ({ main }) => main(),
  (error) => {
    const notBuilt = error.code === "ERR_MODULE_NOT_FOUND" && /dist[\\/]main\.js/.test(error.message);
    process.exitCode = 70;
    process.stderr.write(
      notBuilt
        ? "error: keyturn is not built yet [ERR_INTERNAL]\nhint: npm run build\n"
        : `error: keyturn cannot start: ${error.message} [ERR_INTERNAL]\n`,
    );
  },
);
