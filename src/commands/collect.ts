/** For an option that may be given again: each adds to those before. */
export const collect = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value];
