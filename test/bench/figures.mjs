// Every figure of the benchmark, in the order of its table.
import { auditingFigures } from "./auditing.mjs";
import { frontFigures } from "./front.mjs";
import { logsFigures } from "./logs.mjs";
import { networkFigures } from "./network.mjs";
import { packageFigures } from "./package.mjs";
import { probingFigures } from "./probing.mjs";
import { signingFigures } from "./signing.mjs";
import { startupFigures } from "./startup.mjs";

export const figures = [
  ...startupFigures,
  ...signingFigures,
  ...probingFigures,
  ...networkFigures,
  ...frontFigures,
  ...auditingFigures,
  ...logsFigures,
  ...packageFigures,
];
