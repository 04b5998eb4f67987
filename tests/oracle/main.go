// oracle asks golang.org/x/mod, which shares nothing with chitra, about a published log.
//
//	oracle DIR VKEY [PROOFS]
//
// The checkpoint's signature, then PROOFS (1000) inclusion proofs of random leaves and as many consistency proofs of random
// earlier sizes, all made from the tiles alone. Prints what it did; ends with 1 at the first thing that does not hold.
package main

import (
	"encoding/base64"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type directory string

func (d directory) Height() int                     { return 8 }
func (d directory) SaveTiles([]tlog.Tile, [][]byte) {}
func (d directory) ReadTiles(ts []tlog.Tile) (out [][]byte, err error) {
	for _, t := range ts {
		// Go's paths name the height; the published ones do not.
		b, err := os.ReadFile(filepath.Join(string(d), strings.Replace(t.Path(), "tile/8/", "tile/", 1)))
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

func fail(format string, args ...interface{}) {
	fmt.Fprintf(os.Stderr, "oracle: "+format+"\n", args...)
	os.Exit(1)
}

func must(err error, what string) {
	if err != nil {
		fail("%s: %v", what, err)
	}
}

// leaf reads one leaf from the bundles.
func leaf(dir string, size, index int64) []byte {
	n := index / 256
	name := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		name = fmt.Sprintf("x%03d/%s", n%1000, name)
	}
	if width := size - index/256*256; width < 256 {
		name += ".p/" + strconv.FormatInt(width, 10)
	}
	b, err := os.ReadFile(filepath.Join(dir, "tile/entries", name))
	must(err, "leaves")
	for i := int64(0); ; i++ {
		length := int(b[0])<<8 | int(b[1])
		if i == index%256 {
			return b[2 : 2+length]
		}
		b = b[2+length:]
	}
}

func main() {
	if len(os.Args) < 3 {
		fail("usage: oracle DIR VKEY [PROOFS]")
	}
	dir, proofs := os.Args[1], 1000
	if len(os.Args) > 3 {
		n, err := strconv.Atoi(os.Args[3])
		must(err, "PROOFS")
		proofs = n
	}
	verifier, err := note.NewVerifier(os.Args[2])
	must(err, "key")
	signed, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	must(err, "checkpoint")
	n, err := note.Open(signed, note.VerifierList(verifier))
	must(err, "signature")
	lines := strings.Split(n.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err, "size")
	raw, err := base64.StdEncoding.DecodeString(lines[2])
	must(err, "root")
	var root tlog.Hash
	copy(root[:], raw)
	if lines[0] != verifier.Name() || len(raw) != len(root) || size < 2 {
		fail("no checkpoint of this log: %q", n.Text)
	}

	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, directory(dir))
	random := rand.New(rand.NewSource(1))
	for i := 0; i < proofs; i++ {
		index := random.Int63n(size)
		p, err := tlog.ProveRecord(size, index, reader)
		must(err, "tiles")
		must(tlog.CheckRecord(p, size, root, index, tlog.RecordHash(leaf(dir, size, index))), fmt.Sprintf("leaf %d", index))
		earlier := 1 + random.Int63n(size)
		was, err := tlog.TreeHash(earlier, reader)
		must(err, "earlier root")
		tp, err := tlog.ProveTree(size, earlier, reader)
		must(err, "tiles")
		must(tlog.CheckTree(tp, size, root, earlier, was), fmt.Sprintf("size %d", earlier))
	}
	fmt.Printf("%d leaves, signature good, %d inclusion and %d consistency proofs hold\n", size, proofs, proofs)
}
