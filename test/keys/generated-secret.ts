/**
 * Generates secrets as people store them: a key in one of its forms, in up to three wrappings, with the steps by which
 * a signer reads it.
 */
import type { KeyObject } from "node:crypto";
import fc from "fast-check";

/** One step of a signer to extract the key: a reader in signer.py and its argument. */
type Step = readonly [reader: string, argument?: string | readonly string[]];

/** A text with a place for a key. `build` writes it with any key. */
interface Form {
  readonly name: string;
  readonly steps: readonly Step[];
  build(key: KeyObject): string;
  /** Where the key is, as keyturn.yaml names it. */
  readonly path: readonly string[];
}
export interface GeneratedSecret extends Form {
  readonly isJson: boolean;
}

const LINE_BREAKS: Readonly<Record<string, readonly [text: string, ...steps: Step[]]>> = {
  "line feeds": ["\n"],
  CRLF: ["\r\n"],
  "escaped line feeds": ["\\n", ["line-breaks", "\\n"]],
  bars: ["|", ["line-breaks", "|"]],
  "no line breaks": ["", ["one-line"]],
};

const pemOf = (key: KeyObject, type: "pkcs8" | "pkcs1" | "sec1") =>
  key.export({ type, format: "pem" }) as string;

function leaf(isRsa: boolean): fc.Arbitrary<Form> {
  const types = isRsa ? (["pkcs8", "pkcs1"] as const) : (["pkcs8", "sec1"] as const);
  const pem = fc.record({
    type: fc.constantFrom(...types),
    broken: fc.constantFrom(...Object.keys(LINE_BREAKS)),
    last: fc.boolean(),
    around: fc.constantFrom(
      "",
      "Bag Attributes\n  friendlyName: web\n",
      "# rotated by hand: tide-and-time\n",
    ),
  });
  const der = fc.record({ type: fc.constantFrom(...types), width: fc.constantFrom(0, 64, 76) });
  return fc.oneof(
    {
      weight: 3,
      arbitrary: pem.map(({ type, broken, last, around }): Form => {
        const [mark, ...steps] = LINE_BREAKS[broken] as (typeof LINE_BREAKS)[string];
        return {
          name: `${type} PEM with ${broken}`,
          steps: [["pem"], ...steps].toReversed() as Step[],
          build: (key) =>
            around + (last ? pemOf(key, type) : pemOf(key, type).trimEnd()).replaceAll("\n", mark),
          path: [],
        };
      }),
    },
    {
      weight: 1,
      arbitrary: der.map(
        ({ type, width }): Form => ({
          name: `${type} DER in base64`,
          steps: [["der"]],
          build: (key) => {
            const digits = key.export({ type, format: "der" }).toString("base64");
            return width === 0 ? digits : (digits.match(new RegExp(`.{1,${width}}`, "g")) ?? []).join("\n");
          },
          path: [],
        }),
      ),
    },
  );
}

type Wrap = (inner: Form) => Form | undefined;

const name = fc.constantFrom("privateKey", "PRIVATE_KEY", "signing_key", "key.pem", "k");
const settings = fc.constantFrom(" ", "\t", "  ");

/**
 * JSON with other members before and after, at some depth, with or without indentation, with the escapes of some
 * writer.
 */
const json: fc.Arbitrary<Wrap> = fc
  .record({
    member: fc.constantFrom("privateKey", "signing_key", "k"),
    depth: fc.constantFrom<readonly string[]>([], ["signing"], ["keys", "0"], ["a", "b", "c"]),
    indent: fc.option(settings, { nil: undefined }),
    slashes: fc.boolean(),
    plus: fc.boolean(),
    end: fc.constantFrom("", "\n", "\r\n"),
    bom: fc.boolean(),
    crlf: fc.boolean(),
  })
  .map(({ member, depth, indent, slashes, plus, end, bom, crlf }) => (inner) => {
    const spelled = (text: string) => {
      let json = JSON.stringify(text);
      if (slashes) json = json.replaceAll("/", "\\/");
      return plus ? json.replaceAll("+", "\\u002B") : json;
    };
    return {
      name: `${inner.name} in JSON`,
      steps: [["json", [...depth, member]], ...inner.steps],
      path: [...depth, member, ...inner.path],
      build: (key) => {
        const mark = "@@the key@@";
        let value: unknown = { z: 1e3, [member]: mark, "a\u00e9": "t\u00efde & time", list: [1, null, true] };
        for (const step of depth.toReversed())
          value = step === "0" ? [value, "x"] : { before: "y", [step]: value };
        let text = JSON.stringify(value, null, indent).replace("1000", "1.0e3");
        if (crlf) text = text.replaceAll("\n", "\r\n");
        return (bom ? "\ufeff" : "") + text.replace(`"${mark}"`, () => spelled(inner.build(key))) + end;
      },
    };
  });

const base64: fc.Arbitrary<Wrap> = fc
  .record({
    width: fc.constantFrom(0, 64, 76),
    mark: fc.constantFrom("\n", "\r\n", "\\n", "|"),
    last: fc.boolean(),
  })
  .map(({ width, mark, last }) => (inner) => ({
    ...inner,
    name: `${inner.name} in base64`,
    steps: [["base64", "std"], ...inner.steps],
    build: (key) => {
      const digits = Buffer.from(inner.build(key)).toString("base64");
      const lines = width === 0 ? [digits] : (digits.match(new RegExp(`.{1,${width}}`, "g")) ?? []);
      return lines.join(mark) + (last ? "\n" : "");
    },
  }));

const setting = (kind: string, reader: string, write: (text: string, name: string) => string | undefined) =>
  fc.record({ name, isFirst: fc.boolean() }).map(
    ({ name, isFirst }): Wrap =>
      (inner) => {
        const plain = name.replace(".", "_");
        // Undefined if the syntax cannot contain this inner text, whatever the key.
        const line = (text: string) => write(text, plain);
        return {
          name: `${inner.name} in ${kind}`,
          steps: [[reader, plain], ...inner.steps],
          // keyturn.yaml names only the member, not a setting inside it.
          path: [],
          build: (key) => {
            const written = line(inner.build(key));
            if (written === undefined) throw new UnsupportedText();
            return `${isFirst ? "" : OTHER[reader]}${written}\n${LATER[reader]}`;
          },
        };
      },
  );
/** Thrown if a syntax cannot contain the inner text. */
export class UnsupportedText extends Error {}

const OTHER: Readonly<Record<string, string>> = {
  dotenv: "# tide\nexport ISSUER='https://example.com/?a=1&b=2'\nLEVEL = 5\n",
  yaml: "# tide\nissuer: https://example.com/\nlevels: [1, 2]\n",
  toml: '# tide\nissuer = "https://example.com/"\nlevel = 5\n',
  properties: "# tide\nissuer = https://example.com/\n",
};
const LATER: Readonly<Record<string, string>> = {
  dotenv: "LAST=tide-and-time\n",
  yaml: "last: 'tide''s time'\n",
  toml: "last = 'tide'\n",
  properties: "last=tide\n",
};
const escaped = (text: string) =>
  text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n").replaceAll("\r", "\\r");
const hasNone = (text: string, unfit: RegExp) => (unfit.test(text) ? undefined : text);

const wraps: fc.Arbitrary<Wrap> = fc.oneof(
  { weight: 4, arbitrary: json },
  { weight: 4, arbitrary: base64 },
  setting(
    ".env in double quotes",
    "dotenv",
    (text, name) => hasNone(text, /[\\"\r]/) && `export ${name}="${escaped(text)}"`,
  ),
  setting(".env over several lines", "dotenv", (text, name) => hasNone(text, /['\r]/) && `${name}='${text}'`),
  setting(
    ".env without quotes",
    "dotenv",
    (text, name) => hasNone(text, /[\r\n'"#\\{]|^\s|\s$/) && `${name}=${text}`,
  ),
  setting(
    "YAML, literal",
    "yaml",
    (text, name) =>
      hasNone(text, /\r|^\s|\ufeff|[^\n]\n\n/) && `${name}: |\n${text.trimEnd().replace(/^/gm, "    ")}`,
  ),
  setting(
    "YAML, quoted",
    "yaml",
    (text, name) => hasNone(text, /[\\"\ufeff]/) && `${name}: ${JSON.stringify(text)}`,
  ),
  setting(
    "TOML",
    "toml",
    (text, name) => hasNone(text, /[\\"\ufeff]/) && `${name} = ${JSON.stringify(text)}`,
  ),
  setting(
    "TOML over several lines",
    "toml",
    (text, name) => hasNone(text, /'''|\r|\ufeff/) && `${name} = '''\n${text}'''`,
  ),
  setting(
    "properties",
    "properties",
    (text, name) => hasNone(text, /[\\\r"]|^\s|\s$/) && `${name}=${text.replaceAll("\n", "\\n\\\n    ")}`,
  ),
);

/** `isRsa`: the type of key. Forms that support only one type depend on it. */
export const generatedSecret = (isRsa: boolean): fc.Arbitrary<GeneratedSecret> =>
  fc
    .record({ leaf: leaf(isRsa), wraps: fc.array(wraps, { maxLength: 3 }) })
    .map(({ leaf, wraps }) => wraps.reduce<Form | undefined>((inner, wrap) => inner && wrap(inner), leaf))
    .filter((form) => form !== undefined)
    .map((form) => ({ ...form, isJson: form.steps[0]?.[0] === "json" }));
