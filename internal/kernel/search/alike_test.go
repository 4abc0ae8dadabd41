package search

import "testing"

func TestLike(t *testing.T) {
	for _, c := range []struct {
		text, typed string
		want        bool
	}{
		{"김서연 seoyeon.kim@example.com", "서연", true}, {"김서연", "김 서", true}, {"김서연", "ㄱㅅㅇ", true}, {"김서연", "ㅅㅇ", true}, {"김서연", "ㅅㄱ", false},
		{"Kim Seo-yeon", "kim s", true}, {"Kim", "KIM", true}, {"김서연", "ㄱs", false}, {"김서연", "이", false}, {"김서연", "", true},
		{"ㄱㅅㅇ", "ㄱ", true}, {"끝", "ㄲ", true}, {"끝", "ㄱ", false}, {"김서연", "김서", true}, // decomposed, as a Mac types it
	} {
		if got := Like(Bare(c.text), Bare(c.typed)); got != c.want {
			t.Errorf("%q in %q: %v", c.typed, c.text, got)
		}
	}
}

func TestCosine(t *testing.T) {
	for _, c := range []struct {
		a, b    string
		atLeast float64
		atMost  float64
	}{
		{"메일 발송 오류", "메일 발송 오류", .999, 1.001}, {"", "메일", 0, 0}, {"메일이 오지 않음", "메일이 오지 않아요", .5, .99}, {"vpn drops", "printer jams", 0, 0},
	} {
		if got := NewVector(c.a).Cosine(NewVector(c.b)); got < c.atLeast || got > c.atMost {
			t.Errorf("%q and %q: %v", c.a, c.b, got)
		}
	}
}
