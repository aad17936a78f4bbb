/** `--cases` of `probe`. Apart from named-options.ts, which `mint` loads too. */
import { Option } from "commander";
import { offering } from "../completion/offers.ts";
import { CASE_IDS } from "../probe/cases.ts";

export const casesOption = () =>
  offering(new Option("--cases <list>", "only these cases, plus the controls: none,expired,..."), CASE_IDS);
