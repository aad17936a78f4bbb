/** What deploys a folder of `keyturn unattended template`. */
export const FORMATS = ["cfn", "terraform"] as const;
export type Format = (typeof FORMATS)[number];
