// Judges a log with golang.org/x/mod/sumdb, which shares no code with ours: the checkpoint's signature, the root over
// the entries, and every proof. Reads one JSON object, prints "agreed N" or ends with the first disagreement.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type inclusion struct {
	Index, Size int64
	Proof       []tlog.Hash
	Refused     bool
}

type consistency struct {
	From, To int64
	Proof    []tlog.Hash
	Refused  bool
}

type question struct {
	VerifierKey string
	Note        string
	Entries     [][]byte
	Inclusions  []inclusion
	Consistency []consistency
}

func main() {
	log.SetFlags(0)
	var asked question
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		log.Fatal(err)
	}
	roots := rootsOf(asked.Entries)
	checkNote(asked, roots)
	for _, each := range asked.Inclusions {
		leaf := tlog.RecordHash(asked.Entries[each.Index])
		judge(tlog.CheckRecord(each.Proof, each.Size, roots[each.Size], each.Index, leaf), each.Refused, each)
	}
	for _, each := range asked.Consistency {
		judge(tlog.CheckTree(each.Proof, each.To, roots[each.To], each.From, roots[each.From]), each.Refused, each)
	}
	fmt.Println("agreed", 1+len(asked.Inclusions)+len(asked.Consistency))
}

func checkNote(asked question, roots []tlog.Hash) {
	verifier, err := note.NewVerifier(asked.VerifierKey)
	if err != nil {
		log.Fatal(err)
	}
	opened, err := note.Open([]byte(asked.Note), note.VerifierList(verifier))
	if err != nil {
		log.Fatal(err)
	}
	lines := strings.Split(opened.Text, "\n")
	root := roots[len(asked.Entries)]
	if lines[1] != fmt.Sprint(len(asked.Entries)) || lines[2] != base64.StdEncoding.EncodeToString(root[:]) {
		log.Fatalf("the note says %q", opened.Text)
	}
}

func judge(err error, refused bool, about any) {
	if (err != nil) != refused {
		log.Fatalf("%v: %v", about, err)
	}
}

// The root of each beginning of the log.
func rootsOf(entries [][]byte) []tlog.Hash {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for at, index := range indexes {
			found[at] = stored[index]
		}
		return found, nil
	})
	roots := make([]tlog.Hash, len(entries)+1)
	for number, entry := range entries {
		hashes, err := tlog.StoredHashes(int64(number), entry, reader)
		if err != nil {
			log.Fatal(err)
		}
		stored = append(stored, hashes...)
		if roots[number+1], err = tlog.TreeHash(int64(number+1), reader); err != nil {
			log.Fatal(err)
		}
	}
	return roots
}
