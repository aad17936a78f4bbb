/** CloudFront's default quotas for keys (DG:cloudfront-limits). Public keys per account cannot be raised. */
export const QUOTAS = { publicKeys: 10, keysInGroup: 5, keyGroups: 10 } as const;
