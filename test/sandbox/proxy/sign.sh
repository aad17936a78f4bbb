#!/bin/sh
# Signs a cookie with openssl alone, as in the developer guide's recipe. Arguments: key, ID, Resource, end, hash.
set -eu
policy=$(printf '{"Statement":[{"Resource":"%s","Condition":{"DateLessThan":{"AWS:EpochTime":%s}}}]}' "$3" "$4")
encode() { openssl base64 -A | tr '+=/' '-_~'; }
printf 'CloudFront-Policy=%s; ' "$(printf %s "$policy" | encode)"
printf 'CloudFront-Signature=%s; ' "$(printf %s "$policy" | openssl dgst "-$5" -sign "$1" | encode)"
printf 'CloudFront-Key-Pair-Id=%s' "$2"
[ "$5" = sha1 ] || printf '; CloudFront-Hash-Algorithm=SHA256'
