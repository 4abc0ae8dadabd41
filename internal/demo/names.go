package demo

import (
	"math/rand/v2"
	"strings"
)

// familyNames are Korean family names with how often they occur, in percent.
var familyNames = []struct {
	ko, en string
	weight int
}{
	{"김", "Kim", 21}, {"이", "Lee", 15}, {"박", "Park", 9}, {"최", "Choi", 5}, {"정", "Jung", 5}, {"강", "Kang", 3}, {"조", "Cho", 3}, {"윤", "Yoon", 3},
	{"장", "Jang", 3}, {"임", "Lim", 2}, {"한", "Han", 2}, {"오", "Oh", 2}, {"서", "Seo", 2}, {"신", "Shin", 2}, {"권", "Kwon", 2}, {"황", "Hwang", 2},
	{"안", "Ahn", 1}, {"송", "Song", 1}, {"류", "Ryu", 1}, {"홍", "Hong", 1}, {"전", "Jeon", 1}, {"고", "Ko", 1}, {"문", "Moon", 1}, {"손", "Son", 1},
	{"배", "Bae", 1}, {"백", "Baek", 1}, {"남", "Nam", 1}, {"노", "Noh", 1}, {"하", "Ha", 1}, {"주", "Joo", 1},
}

// givenNames are Korean given names, "한글 romanised".
var givenNames = strings.Split("민준 minjun,서준 seojun,도윤 doyun,예준 yejun,시우 siwoo,하준 hajun,지호 jiho,준서 junseo,준우 junwoo,현우 hyunwoo,"+
	"지훈 jihoon,건우 gunwoo,우진 woojin,선우 sunwoo,서진 seojin,민재 minjae,현준 hyunjun,연우 yeonwoo,유준 yujun,정우 jungwoo,"+
	"승우 seungwoo,승현 seunghyun,시윤 siyun,준혁 junhyuk,은우 eunwoo,지환 jihwan,승민 seungmin,지우 jiwoo,유찬 yuchan,태윤 taeyun,"+
	"동현 donghyun,성민 sungmin,재현 jaehyun,상훈 sanghoon,영호 youngho,진우 jinwoo,성호 sungho,태경 taekyung,기현 kihyun,병철 byungchul,"+
	"서연 seoyeon,서윤 seoyun,지민 jimin,서현 seohyun,민서 minseo,하은 haeun,하윤 hayun,윤서 yunseo,지유 jiyu,채원 chaewon,"+
	"수빈 subin,지아 jia,은서 eunseo,다은 daeun,예은 yeeun,수아 sua,지윤 jiyun,예린 yerin,소율 soyul,지현 jihyun,"+
	"예원 yewon,유진 yujin,시은 sieun,아린 arin,가은 gaeun,나연 nayeon,수연 suyeon,혜진 hyejin,미경 mikyung,은주 eunju,"+
	"정은 jungeun,보람 boram,소영 soyoung,혜원 hyewon,선영 sunyoung,경희 kyunghee,현정 hyunjung,미선 misun,아름 areum,주희 juhee", ",")

// abroad are the people of the Singapore office and the few from elsewhere.
var abroad = strings.Split("Tan Wei Ling,Lim Jia Hui,Ng Kai Wen,Lee Hui Min,Wong Jun Jie,Goh Shi Ting,Chua Zhi Hao,Koh Li Ting,Teo Yong Sheng,Ong Mei Xuan,"+
	"Rachel Sim,Benjamin Toh,Nur Aisyah Rahman,Muhammad Irfan,Siti Nurhaliza Yusof,Farhan Ismail,Arjun Nair,Priya Menon,Karthik Subramaniam,Deepa Raj,"+
	"Daniel Fischer,Emma Clarke,Liam O'Connor,Sophie Martin,Hiroshi Tanaka,Nguyen Thi Lan,Pham Minh Duc,Maria Santos,Jose Reyes,Ayu Lestari,"+
	"Budi Santoso,Chen Yu-Ting,James Whitfield,Hannah Cole,Kenji Mori,Grace Lau", ",")

// A namer gives every person a name and an address of their own.
type namer struct {
	rng   *rand.Rand
	taken map[string]bool
	next  int // of those abroad
}

// korean gives a Korean name and what stands before the @.
func (n *namer) korean() (name, local string) {
	for {
		total := 0
		for _, f := range familyNames {
			total += f.weight
		}
		at, family := n.rng.IntN(total), familyNames[0]
		for _, f := range familyNames {
			if at -= f.weight; at < 0 {
				family = f
				break
			}
		}
		ko, en, _ := strings.Cut(givenNames[n.rng.IntN(len(givenNames))], " ")
		name, local = family.ko+ko, en+"."+strings.ToLower(family.en)
		if !n.taken[name] {
			n.taken[name] = true
			return name, local
		}
	}
}

// foreign gives the next name from abroad.
func (n *namer) foreign() (name, local string) {
	name = abroad[n.next%len(abroad)]
	n.next++
	parts := strings.Fields(strings.ToLower(strings.ReplaceAll(name, "'", "")))
	return name, parts[len(parts)-1] + "." + parts[0]
}
