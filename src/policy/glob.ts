/**
 * Matches `*` and `?` against a text by simulating the pattern's automaton with bits. The cost is the length of the
 * text times the length of the pattern over 32, for any input. No backtracking, and no RegExp built from input.
 */

export interface GlobOptions {
  /** Index in the text of one character (the `?` before a query) that no `*` matches across, except a final one. */
  readonly barrier?: number;
  /** `\?` is a literal question mark. */
  readonly escapes?: boolean;
}

const ANY = -1;
const STAR = -2;

export function globMatches(pattern: string, text: string, options: GlobOptions = {}): boolean {
  const { barrier = -1, escapes = false } = options;
  // The common pattern is literal up to one final star: no automaton is needed for that.
  const literal = pattern.search(escapes ? /[*?\\]/ : /[*?]/);
  if (literal === -1) return pattern === text;
  if (!text.startsWith(pattern.slice(0, literal))) return false;
  const rest = pattern.slice(literal);
  return rest === "*" || simulate(tokenize(rest, escapes), text, literal, barrier);
}

function tokenize(pattern: string, escapes: boolean): number[] {
  const tokens: number[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at];
    if (escapes && character === "\\" && pattern[at + 1] === "?") {
      tokens.push(pattern.charCodeAt(at + 1));
      at += 1;
    } else if (character === "?") tokens.push(ANY);
    else if (character !== "*") tokens.push(pattern.charCodeAt(at));
    else if (tokens.at(-1) !== STAR) tokens.push(STAR);
  }
  return tokens;
}

/**
 * State i: the first i characters of the pattern (stars not counted) have matched. A character moves state i to i + 1
 * where the pattern allows it, and leaves it at i where a star stands.
 */
function simulate(tokens: readonly number[], text: string, from: number, barrier: number): boolean {
  const characters = tokens.filter((token) => token !== STAR);
  const words = (characters.length >>> 5) + 1;
  const loops = new Uint32Array(words);
  let state = 0;
  for (const token of tokens) {
    if (token === STAR) setBit(loops, state);
    else state += 1;
  }
  const finalLoop = new Uint32Array(words);
  if (tokens.at(-1) === STAR) setBit(finalLoop, state);
  const moves = new Map<number, Uint32Array>();

  const states = new Uint32Array(words);
  states[0] = 1;
  for (let at = from; at < text.length; at += 1) {
    const move = movesOn(text.charCodeAt(at), characters, words, moves);
    const stay = at === barrier ? finalLoop : loops;
    let carry = 0;
    let alive = 0;
    for (let word = 0; word < words; word += 1) {
      const before = states[word] as number;
      const moved = before & (move[word] as number);
      const after = (moved << 1) | carry | (before & (stay[word] as number));
      carry = moved >>> 31;
      states[word] = after;
      alive |= after;
    }
    if (alive === 0) return false;
  }
  return (((states[state >>> 5] as number) >>> (state & 31)) & 1) === 1;
}

/** Bit i: the pattern's character i accepts this one. Computed once per distinct character of the text. */
function movesOn(
  code: number,
  characters: readonly number[],
  words: number,
  moves: Map<number, Uint32Array>,
): Uint32Array {
  const known = moves.get(code);
  if (known !== undefined) return known;
  const made = new Uint32Array(words);
  characters.forEach((character, index) => {
    if (character === ANY || character === code) setBit(made, index);
  });
  moves.set(code, made);
  return made;
}

function setBit(bits: Uint32Array, index: number): void {
  bits[index >>> 5] = ((bits[index >>> 5] as number) | (1 << (index & 31))) >>> 0;
}
