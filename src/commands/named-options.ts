/** Options and arguments with tab completion. */
import { Argument, Option } from "commander";
import { offering } from "../completion/offers.ts";

export const keyPairIdOption = (description: string) =>
  offering(new Option("--key-pair-id <id>", description), "keyIds");

export const keepOption = () =>
  offering(
    new Option("--keep <id...>", "key pair IDs, or starts of them, that belong to another signer"),
    "keyIds",
  );

/** A file, or the input itself. */
export const inputArgument = (description: string) => offering(new Argument("[input]", description), "files");

export const planArgument = () =>
  offering(
    new Argument("[plan]", "plan file from `rotate plan -o`; refused if anything has changed since"),
    "files",
  );
