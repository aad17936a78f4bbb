// Every figure of the benchmark, in the order of its table.
import { networkFigures } from "./network.mjs";
import { sandboxLoadFigures } from "./sandbox-load.mjs";
import { signingFigures } from "./signing.mjs";
import { startupFigures } from "./startup.mjs";

export const figures = [...startupFigures, ...signingFigures, ...networkFigures, ...sandboxLoadFigures];
