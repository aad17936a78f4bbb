/** The only door to chalk. */
import { Chalk } from "chalk";
import type { Paint } from "./paint.ts";

/** Whether to use colors was decided before: chalk would ask the terminal again. */
const chalk = new Chalk({ level: 1 });

export const colours: Paint = {
  bold: (text) => chalk.bold(text),
  dim: (text) => chalk.dim(text),
  good: (text) => chalk.green(text),
  bad: (text) => chalk.red(text),
  warn: (text) => chalk.yellow(text),
  code: (text) => chalk.cyan(text),
};
