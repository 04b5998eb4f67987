# shellcheck shell=bash disable=SC2154
# Sourced by scenarios of a lost database: what the desk keeps in the archive of two officers' decisions.
#
#   decided FILE     standard input becomes the file, with the last line that only the desk's key $keys/id gives; Python counts it
decided()
{
	/usr/bin/python3 -c '
import hashlib, sys
key = open(sys.argv[1], "rb").read()
key = key if len(key) == 32 else bytes.fromhex(key.decode())
text = sys.stdin.buffer.read()
mac = hashlib.blake2b(b"chitra-decided/v1\n" + text, key=key, digest_size=32).hexdigest()
open(sys.argv[2], "wb").write(text + b"mac " + mac.encode() + b"\n")' "$keys/id" "$1"
}
