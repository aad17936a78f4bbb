/** keyturn.yaml is committed: refuses anything in it that looks like a secret, without showing it. */

export interface SecretInFile {
  readonly offset: number;
  readonly what: string;
}

const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/, "a private key"],
  // "-----BEGIN " at each of the three positions that base64 can start from.
  [/LS0tLS1CRUdJTi|0tLS0tQkVHSU4g|tLS0tLUJFR0lOI/, "a private key in base64"],
  // DER of PKCS#8 and PKCS#1 (RSA 2048), and of PKCS#8 and SEC1 (P-256), in base64.
  [/MII(Ev|Eo)[A-Za-z0-9+/]{40}|MIGHAgEAMBMG|MHcCAQEE[A-Za-z0-9+/]{30}/, "a private key in base64"],
  [/\b(AKIA|ASIA)[A-Z0-9]{16}\b/, "an AWS access key"],
  [/aws_secret_access_key|aws_session_token/i, "AWS credentials"],
  [/CloudFront-(Signature|Policy)\s*[=:]\s*\S/i, "a signed cookie"],
  [/[?&]Signature=[A-Za-z0-9~_-]{20}/, "a signed URL"],
  [/\bhttps?:\/\/[^\s/?#@:"']*:[^\s/?#@"']+@/i, "a password"],
  [/\b(password|passwd|passphrase)=(?!\{)[^\s&"'{}<>$]+/i, "a password"],
  [/"?(password|passwd|passphrase)"?\s*:\s*"(?!\{)[^"]+"/i, "a password"],
];

export function findSecrets(text: string): SecretInFile[] {
  return SIGNS.flatMap(([sign, what]) => {
    const found = sign.exec(text);
    return found === null ? [] : [{ offset: found.index, what }];
  });
}
