package journal

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"sync"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"
)

// A Cipher seals what the journal says about a person with that person's own key.
type Cipher interface {
	Seal(person record.ID, plain []byte) (string, error)
	// Open gives ok false when the person's key has been thrown away.
	Open(person record.ID, text string) (plain []byte, ok bool, err error)
}

// A KeySource gives the keys of persons; an erased person is present with a nil key.
type KeySource interface {
	Keys(ctx context.Context, persons []record.ID) (map[record.ID][]byte, error)
}

// Keys is the keys of all persons, each kept for a short while.
type Keys struct {
	src KeySource
	mu  sync.Mutex
	box map[record.ID]heldKey
}

type heldKey struct {
	key []byte
	at  time.Time
}

// keyCache bounds how many keys are held in memory, keyFor how long: another node may
// have erased the person meanwhile.
const (
	keyCache = 10_000
	keyFor   = 30 * time.Second
)

// NewKeys reads keys from src.
func NewKeys(src KeySource) *Keys { return &Keys{src: src, box: map[record.ID]heldKey{}} }

// Forget drops a key from memory: its person was erased.
func (k *Keys) Forget(person record.ID) {
	k.mu.Lock()
	delete(k.box, person)
	k.mu.Unlock()
}

// Within gives the cipher for one piece of work. onNew hears of every key that had to
// be made and must be stored with the change; with nil nothing can be sealed.
func (k *Keys) Within(ctx context.Context, onNew func(person record.ID, key []byte)) Cipher {
	return &session{keys: k, ctx: ctx, onNew: onNew, made: map[record.ID][]byte{}}
}

type session struct {
	keys  *Keys
	ctx   context.Context
	onNew func(record.ID, []byte)
	made  map[record.ID][]byte
}

// key finds a person's key; known is false when none was ever made.
func (s *session) key(person record.ID) (key []byte, known bool, err error) {
	if key = s.made[person]; key != nil {
		return key, true, nil
	}
	s.keys.mu.Lock()
	held := s.keys.box[person]
	s.keys.mu.Unlock()
	if held.key != nil && time.Since(held.at) < keyFor {
		return held.key, true, nil
	}
	got, err := s.keys.src.Keys(s.ctx, []record.ID{person})
	if err != nil {
		return nil, false, err
	}
	key, known = got[person]
	if key != nil {
		s.keys.mu.Lock()
		if len(s.keys.box) >= keyCache {
			clear(s.keys.box)
		}
		s.keys.box[person] = heldKey{key, time.Now()}
		s.keys.mu.Unlock()
	}
	return key, known, nil
}

var errNoKey = errors.New("journal: no key can be made here")

// Seal implements Cipher. What is written of an erased person is sealed with a key that
// is kept nowhere.
func (s *session) Seal(person record.ID, plain []byte) (string, error) {
	key, known, err := s.key(person)
	if err != nil {
		return "", err
	}
	if key == nil {
		if s.onNew == nil {
			return "", errNoKey
		}
		key = make([]byte, 32)
		_, _ = rand.Read(key) // never fails (crypto/rand)
		s.made[person] = key
		if !known {
			s.onNew(person, key)
		}
	}
	g, err := gcm(key)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, g.NonceSize())
	_, _ = rand.Read(nonce)
	return base64.StdEncoding.EncodeToString(g.Seal(nonce, nonce, plain, []byte(person))), nil
}

// Open implements Cipher.
func (s *session) Open(person record.ID, text string) ([]byte, bool, error) {
	key, _, err := s.key(person)
	if err != nil || key == nil {
		return nil, false, err
	}
	g, err := gcm(key)
	if err != nil {
		return nil, false, err
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(raw) < g.NonceSize() {
		return nil, false, errors.Join(errors.New("journal: a sealed value is damaged"), err)
	}
	plain, err := g.Open(nil, raw[:g.NonceSize()], raw[g.NonceSize():], []byte(person))
	if err != nil {
		return nil, false, nil //nolint:nilerr // sealed with a key that is gone
	}
	return plain, true, nil
}

func gcm(key []byte) (cipher.AEAD, error) {
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(b)
}
