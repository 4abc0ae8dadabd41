package demo

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// talk is what people say whatever the matter is, by occasion.
type talk map[string]*block

func loadTalk() (talk, error) {
	bs, err := blocks("scenes/talk.txt")
	if err != nil {
		return nil, err
	}
	out := talk{}
	for _, b := range bs {
		out[b.key] = b
	}
	return out, nil
}

// say picks one of the texts for an occasion in a language, of the first variant that
// has any of its own.
func (s *story) say(occasion, lang string, variants ...string) string {
	b := s.talk[occasion]
	for _, v := range variants {
		for _, p := range b.words[lang]["t"] {
			if p.variant == v {
				return pick(s.rng, b.only(lang, "t", v))
			}
		}
	}
	return pick(s.rng, b.only(lang, "t", ""))
}

// slots are what fills the gaps of one story's texts: the same matter keeps its numbers.
type slots map[string]string

// fill puts slots into a text.
func (f slots) fill(text string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	pairs := make([]string, 0, 2*len(f))
	for name, v := range f {
		pairs = append(pairs, "{"+name+"}", v)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

var (
	rooms = []string{"한라", "백두", "설악", "지리", "태백", "소백", "오대", "월악"}
	goods = []string{"전기요", "캠핑 의자", "김장 매트", "무선 청소기", "제주 감귤", "보온병", "롱패딩", "홍삼 세트"}
)

// newSlots draws what may fill the gaps of a story at a moment.
func newSlots(rng *rand.Rand, zone *time.Location, lang string, at time.Time, p *person, it *item, codes []string) slots {
	local := at.In(zone)
	before := local.Add(-time.Duration(10+rng.IntN(80)) * time.Minute)
	yesterday := local.AddDate(0, 0, -1-rng.IntN(3))
	shop := p.shop
	if shop == "" {
		_, shop, _ = strings.Cut(pick(rng, shops), " ")
	}
	f := slots{
		"n": strconv.Itoa(2 + rng.IntN(7)), "nn": strconv.Itoa(12 + rng.IntN(37)), "store": shopName(shop, lang), "site": p.place(lang), "floor": p.level(lang),
		"ver": fmt.Sprintf("%d.%d.%d", 5+rng.IntN(2), 4+rng.IntN(18), rng.IntN(9)), "order": before.Format("060102") + fmt.Sprintf("%05d", rng.IntN(100000)),
		"amount": thousands(int64(1+rng.IntN(9_800)) * 130), "team": unitName(p.unit, lang), "file": pick(rng, goods), "ci": "", "code": "",
	}
	if lang == "en" {
		f["time"], f["date"], f["room"] = before.Format("3:04 pm"), yesterday.Format("2 January"), fmt.Sprintf("%d0%d", max(p.floor, 3), 1+rng.IntN(6))
	} else {
		half := "오전"
		if before.Hour() >= 12 {
			half = "오후"
		}
		f["time"] = fmt.Sprintf("%s %d시 %d분", half, (before.Hour()+11)%12+1, before.Minute()/5*5)
		f["date"] = fmt.Sprintf("%d월 %d일", yesterday.Month(), yesterday.Day())
		f["room"] = fmt.Sprintf("%s(%d층)", pick(rng, rooms), max(p.floor, 3))
	}
	if it != nil {
		f["ci"] = it.name
		if it.shop != "" {
			f["store"] = shopName(it.shop, lang)
		}
	}
	if len(codes) > 0 {
		f["code"] = pick(rng, codes)
	}
	return f
}

// thousands writes a number with commas.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// unitName gives a unit's name in one language: "재무팀 (Finance)" has both.
func unitName(key, lang string) string {
	for _, u := range unitRows {
		if u.key == key {
			ko, en, _ := strings.Cut(strings.TrimSuffix(u.name, ")"), " (")
			if lang == "en" {
				return en
			}
			return ko
		}
	}
	return key
}
