package demo

import (
	"strings"

	"github.com/maru-itsm/maru/internal/itil/role"
)

// Company is a retailer with a payment business: 42 shops and an online mall in Korea, a
// seller business in Singapore. What stands here is all there is to know of it.
const (
	Company = "온새미 (Onsaemi)"
	domain  = "onsaemi.example"
	zone    = "Asia/Seoul"
)

// A place is where people work.
type place struct {
	ko, en string
	floors []int
}

var places = map[string]place{
	"hq": {"서울 본사", "Seoul HQ", []int{3, 4, 5, 6, 7, 8, 9, 10, 11}},
	"pg": {"판교 개발센터", "Pangyo Center", []int{2, 3, 4, 5, 6}},
	"bs": {"부산 고객센터", "Busan Center", []int{12, 13}},
	"ic": {"이천 물류센터", "Icheon FC", []int{1, 2}},
	"sg": {"싱가포르 오피스", "Singapore Office", []int{21, 22}},
}

// shops are the 42 stores, "한글 romanised"; the second is also in the names of their tills.
var shops = strings.Split("강남 gangnam,홍대 hongdae,성수 seongsu,잠실 jamsil,여의도 yeouido,신촌 sinchon,건대 kondae,목동 mokdong,노원 nowon,은평 eunpyeong,마곡 magok,"+
	"천호 cheonho,분당 bundang,판교 pangyo,광교 gwanggyo,수원 suwon,안양 anyang,부천 bucheon,일산 ilsan,김포 gimpo,송도 songdo,구월 guwol,하남 hanam,동탄 dongtan,"+
	"평택 pyeongtaek,천안 cheonan,둔산 dunsan,청주 cheongju,세종 sejong,전주 jeonju,상무 sangmu,순천 suncheon,동성로 dongseongno,수성 suseong,포항 pohang,울산 ulsan,"+
	"서면 seomyeon,센텀 centum,창원 changwon,강릉 gangneung,춘천 chuncheon,제주 jeju", ",")

// A unit is one place in the organisation.
type unitRow struct {
	key, name, parent, site string
	staff                   int
	titles                  string // of its people, cycling
}

var unitRows = []unitRow{
	{"ceo", "대표이사실 (Office of the CEO)", "", "hq", 0, ""},
	{"commerce", "커머스본부 (Commerce)", "ceo", "hq", 0, ""},
	{"md", "상품기획팀 (Merchandising)", "commerce", "hq", 14, "상품기획 매니저,MD,선임 MD"},
	{"mkt", "마케팅팀 (Marketing)", "commerce", "hq", 12, "마케터,브랜드 매니저,콘텐츠 기획"},
	{"online", "온라인운영팀 (Online Operations)", "commerce", "hq", 10, "운영 매니저,상품 등록 담당,프로모션 담당"},
	{"apac", "APAC 사업부 (APAC Business)", "commerce", "sg", 16, "Account Manager,Country Manager,Business Analyst"},
	{"seller", "셀러지원팀 (Seller Success)", "apac", "sg", 12, "Seller Success Manager,Onboarding Specialist"},
	{"pay", "페이본부 (Pay)", "ceo", "hq", 0, ""},
	{"paybiz", "페이사업팀 (Pay Business)", "pay", "hq", 10, "가맹점 담당,사업 개발"},
	{"risk", "리스크관리팀 (Risk)", "pay", "hq", 7, "리스크 분석가,이상거래 담당"},
	{"settle", "정산팀 (Settlement)", "pay", "hq", 9, "정산 담당,대사 담당"},
	{"stores", "매장본부 (Stores)", "ceo", "hq", 0, ""},
	{"storeops", "매장운영팀 (Store Operations)", "stores", "hq", 8, "슈퍼바이저,매장 기획"},
	{"shop", "직영점 (Shops)", "stores", "shop", 0, "점장"},
	{"scm", "물류본부 (Supply Chain)", "ceo", "hq", 0, ""},
	{"fc", "이천 물류센터 (Icheon Fulfilment)", "scm", "ic", 20, "현장 관리자,입고 담당,출고 담당,교대 조장"},
	{"delivery", "배송기획팀 (Delivery Planning)", "scm", "hq", 6, "배송 기획"},
	{"care", "고객센터 (Customer Care)", "ceo", "bs", 26, "상담사,상담 파트장"},
	{"tech", "기술본부 (Technology)", "ceo", "pg", 0, ""},
	{"dev_commerce", "커머스개발팀 (Commerce Engineering)", "tech", "pg", 12, "백엔드 개발자,프런트엔드 개발자,안드로이드 개발자"},
	{"dev_pay", "결제개발팀 (Payments Engineering)", "tech", "pg", 12, "백엔드 개발자,QA 엔지니어"},
	{"data", "데이터팀 (Data)", "tech", "pg", 8, "데이터 분석가,데이터 엔지니어"},
	{"infra", "인프라팀 (Infrastructure)", "tech", "pg", 1, "인프라 기획"},
	{"sre", "SRE팀 (Site Reliability)", "tech", "pg", 1, "SRE"},
	{"sec", "정보보안팀 (Information Security)", "tech", "hq", 2, "보안 정책 담당"},
	{"itsm", "IT서비스운영팀 (IT Service Operations)", "tech", "hq", 2, "서비스 기획"},
	{"corp", "경영지원본부 (Corporate)", "ceo", "hq", 0, ""},
	{"hr", "인사팀 (People)", "corp", "hq", 9, "인사 담당,급여 담당,채용 담당"},
	{"fin", "재무팀 (Finance)", "corp", "hq", 12, "회계 담당,자금 담당,세무 담당"},
	{"law", "법무팀 (Legal)", "corp", "hq", 5, "변호사,계약 담당"},
	{"ga", "총무팀 (General Affairs)", "corp", "hq", 6, "총무 담당,구매 담당"},
	{"audit", "내부감사팀 (Internal Audit)", "ceo", "hq", 2, "감사 담당"},
	{"partner", "협력사 (Partners)", "ceo", "", 0, ""},
}

// A group row is one support group: whom it leads to, when it works, who is in it.
type groupRow struct {
	key, name  string
	tier       int64
	next, unit string
	shift      string // desk, store, office, always
	size       int
	role       string
	title      string
}

var groupRows = []groupRow{
	{"desk", "서비스데스크 (Service Desk)", 1, "workplace", "itsm", "desk", 9, role.Agent, "서비스데스크 상담원"},
	{"store_desk", "매장 헬프데스크 (Store Helpdesk)", 1, "store_systems", "itsm", "store", 6, role.Agent, "매장 헬프데스크 상담원"},
	{"noc", "통합관제 (Monitoring Center)", 1, "sre", "infra", "always", 6, role.Agent, "관제 요원"},
	{"workplace", "업무환경 (Workplace)", 2, "", "itsm", "office", 5, role.Resolver, "업무환경 엔지니어"},
	{"identity", "계정·권한 (Identity)", 2, "infra", "itsm", "office", 4, role.Resolver, "계정 관리 담당"},
	{"collab", "협업솔루션 (Collaboration)", 2, "infra", "itsm", "office", 4, role.Resolver, "협업솔루션 엔지니어"},
	{"network", "네트워크 (Network)", 2, "", "infra", "office", 5, role.Resolver, "네트워크 엔지니어"},
	{"infra", "서버·클라우드 (Server & Cloud)", 2, "sre", "infra", "office", 5, role.Resolver, "클라우드 엔지니어"},
	{"dba", "데이터베이스 (Database)", 2, "sre", "infra", "office", 4, role.Resolver, "DBA"},
	{"store_systems", "매장시스템 (Store Systems)", 2, "vendor_pos", "storeops", "store", 5, role.Resolver, "매장시스템 엔지니어"},
	{"logistics_systems", "물류시스템 (Logistics Systems)", 2, "infra", "scm", "store", 4, role.Resolver, "물류시스템 엔지니어"},
	{"commerce_ops", "커머스운영 (Commerce Operations)", 2, "commerce_dev", "dev_commerce", "office", 5, role.Resolver, "서비스 운영 엔지니어"},
	{"pay_ops", "결제운영 (Payment Operations)", 2, "pay_dev", "dev_pay", "office", 5, role.Resolver, "결제 운영 엔지니어"},
	{"bizapps", "경영시스템 (Business Applications)", 2, "infra", "itsm", "office", 5, role.Resolver, "ERP 엔지니어"},
	{"data_platform", "데이터플랫폼 (Data Platform)", 2, "sre", "data", "office", 4, role.Resolver, "데이터 플랫폼 엔지니어"},
	{"security", "침해대응 (CERT)", 2, "", "sec", "office", 4, role.Resolver, "침해대응 분석가"},
	{"facilities", "시설·출입 (Facilities)", 2, "", "ga", "office", 3, role.Resolver, "시설 담당"},
	{"sre", "SRE (Site Reliability)", 3, "", "sre", "office", 5, role.Resolver, "SRE"},
	{"commerce_dev", "커머스개발 (Commerce Engineering)", 3, "", "dev_commerce", "office", 5, role.Resolver, "백엔드 개발자"},
	{"pay_dev", "결제개발 (Payments Engineering)", 3, "", "dev_pay", "office", 5, role.Resolver, "백엔드 개발자"},
	{"vendor_pos", "늘봄테크: POS 유지보수 (supplier)", 3, "", "partner", "store", 3, role.Supplier, "늘봄테크 현장 기사"},
	{"vendor_print", "두레오피스: 복합기 유지보수 (supplier)", 3, "", "partner", "office", 2, role.Supplier, "두레오피스 현장 기사"},
}

// A persona is who signs in for a role.
type persona struct {
	role, title, unit, group string
	more                     []string // other roles
	abroad                   bool
}

// personas give a role its face; a role that is not here gets one all the same.
var personas = []persona{
	{role: role.Admin, title: "ITSM 플랫폼 관리자", unit: "itsm"},
	{role: role.EndUser, title: "상품기획 매니저", unit: "md"},
	{role: role.Agent, title: "서비스데스크 상담원", unit: "itsm", group: "desk"},
	{role: role.Resolver, title: "네트워크 엔지니어", unit: "infra", group: "network"},
	{role: role.TeamLead, title: "네트워크 파트장", unit: "infra", group: "network", more: []string{role.Resolver}},
	{role: role.IncidentManager, title: "장애 관리자", unit: "itsm", group: "desk"},
	{role: role.MajorIncidentManager, title: "중대 장애 지휘자", unit: "itsm", group: "noc"},
	{role: role.ProblemManager, title: "Problem Manager", unit: "itsm", abroad: true},
	{role: role.ChangeManager, title: "변경 관리자", unit: "itsm"},
	{role: role.ConfigManager, title: "구성 관리자", unit: "itsm"},
	{role: role.CatalogueManager, title: "서비스 카탈로그 담당", unit: "itsm"},
	{role: role.PortfolioManager, title: "서비스 포트폴리오 담당", unit: "itsm"},
	{role: role.AvailabilityManager, title: "가용성 관리자", unit: "sre"},
	{role: role.SecurityManager, title: "정보보안 책임자", unit: "sec", group: "security"},
	{role: role.ServiceOwner, title: "커머스 서비스 책임자", unit: "commerce"},
	{role: role.Executive, title: "Chief Technology Officer", unit: "tech", abroad: true},
	{role: role.Supplier, title: "늘봄테크 현장 기사", unit: "partner", group: "vendor_pos"},
	{role: role.Auditor, title: "내부감사 담당", unit: "audit"},
	{role: role.Integration, title: "모니터링 연동 계정", unit: "infra"},
}

// outside are roles of those who do not use services of their own: no end users.
var outside = []string{role.Supplier, role.Auditor, role.Integration}

// owners are the further people who own services.
var ownerRows = []struct{ key, title, unit string }{
	{"o_pay", "페이 서비스 책임자", "pay"}, {"o_store", "매장 서비스 책임자", "stores"}, {"o_scm", "물류 서비스 책임자", "scm"}, {"o_work", "업무환경 서비스 책임자", "itsm"},
	{"o_infra", "인프라 서비스 책임자", "infra"}, {"o_corp", "경영 서비스 책임자", "corp"}, {"o_data", "데이터 서비스 책임자", "data"},
}

// A service row: criticality, users, who owns and supports it, what an hour without it costs.
type serviceRow struct {
	key, name, about string
	crit, users      int64
	owner, group     string
	dept             bool
	cost             string // KRW an hour; "" = unknown
}

var serviceRows = []serviceRow{
	{"mall", "온라인몰 (Online Mall)", "PC·모바일 웹 쇼핑몰", 1, 420000, "", "commerce_ops", false, "38000000"},
	{"app", "모바일 앱 (Mobile App)", "iOS·안드로이드 쇼핑 앱", 1, 310000, "", "commerce_ops", false, "29000000"},
	{"order", "주문·배송 (Order Management)", "주문 접수부터 배송 완료까지", 1, 900, "o_scm", "commerce_ops", true, "24000000"},
	{"pos", "매장 POS (Store POS)", "직영점 42곳의 판매 단말", 1, 260, "o_store", "store_systems", true, "21000000"},
	{"pay", "온새미페이 (Onsaemi Pay)", "간편결제와 송금", 1, 380000, "o_pay", "pay_ops", false, "45000000"},
	{"gateway", "결제 게이트웨이 (Payment Gateway)", "카드사·은행·PG 연결", 1, 1200, "o_pay", "pay_ops", false, "45000000"},
	{"settle", "정산 시스템 (Settlement)", "가맹점 정산과 대사", 2, 95, "o_pay", "pay_ops", true, ""},
	{"member", "회원·포인트 (Membership & Points)", "회원 등급, 포인트, 쿠폰", 2, 420000, "", "commerce_ops", false, "6000000"},
	{"search", "검색·추천 (Search & Recommendation)", "상품 검색과 개인화", 2, 420000, "o_data", "data_platform", false, "5000000"},
	{"kiosk", "매장 키오스크 (Self-checkout)", "셀프계산대와 주문 단말", 2, 180, "o_store", "store_systems", true, "3000000"},
	{"esl", "전자가격표 (Electronic Shelf Labels)", "매대 가격표", 3, 120, "o_store", "store_systems", true, ""},
	{"store_net", "매장 네트워크 (Store Network)", "매장 회선과 LTE 백업", 2, 260, "o_infra", "network", true, "4000000"},
	{"wms", "물류센터 WMS (Warehouse Management)", "입고·피킹·출고", 2, 240, "o_scm", "logistics_systems", true, "9000000"},
	{"cc", "고객센터 상담 (Contact Center)", "전화·채팅 상담과 이력", 2, 140, "o_scm", "collab", true, "2500000"},
	{"seller", "셀러 포털 (Seller Portal)", "입점 판매자용 포털, 싱가포르 포함", 2, 5200, "", "commerce_dev", false, "3500000"},
	{"mail", "메일·캘린더 (Mail & Calendar)", "전사 메일과 일정", 2, 640, "o_work", "collab", false, "1500000"},
	{"messenger", "사내 메신저 (Messenger)", "메신저와 화상 통화", 3, 640, "o_work", "collab", false, ""},
	{"approval", "전자결재 (Approvals)", "품의와 지출결의", 3, 520, "o_corp", "bizapps", false, ""},
	{"files", "파일서버·드라이브 (Files & Drive)", "팀 폴더와 개인 드라이브", 3, 640, "o_work", "collab", false, ""},
	{"sso", "통합 로그인 (Identity & SSO)", "계정, 2단계 인증", 2, 640, "o_infra", "identity", false, "2000000"},
	{"vpn", "VPN 원격접속 (Remote Access)", "재택과 출장 접속", 2, 520, "o_infra", "network", false, "1200000"},
	{"wifi", "사내망·무선 (Office Network)", "사무실 유선과 무선", 2, 560, "o_infra", "network", false, "1800000"},
	{"pc", "업무용 PC (Workplace Devices)", "노트북과 소프트웨어", 3, 560, "o_work", "workplace", false, ""},
	{"print", "출력 (Printing)", "층별 복합기", 4, 480, "o_work", "workplace", false, ""},
	{"meeting", "회의실·화상 (Meeting Rooms)", "회의실 장비", 4, 480, "o_work", "workplace", false, ""},
	{"erp", "ERP (Finance & Procurement)", "재무, 구매, 자산", 2, 190, "o_corp", "bizapps", true, "2200000"},
	{"hr", "인사·급여 (HR & Payroll)", "인사, 근태, 급여", 3, 640, "o_corp", "bizapps", false, ""},
	{"dwh", "데이터 웨어하우스 (Data Warehouse)", "일 배치와 분석 저장소", 3, 130, "o_data", "data_platform", false, ""},
	{"bi", "BI 대시보드 (Dashboards)", "경영·영업 대시보드", 3, 210, "o_data", "data_platform", false, ""},
	{"k8s", "컨테이너 플랫폼 (Kubernetes Platform)", "서비스가 올라가는 플랫폼", 2, 70, "o_infra", "sre", false, "8000000"},
	{"cicd", "빌드·배포 (CI/CD)", "저장소와 배포 파이프라인", 3, 80, "o_infra", "sre", false, ""},
	{"door", "출입통제 (Physical Access)", "사원증, 게이트, 주차", 3, 560, "o_corp", "facilities", false, ""},
	{"portal", "IT 서비스 포털 (IT Portal)", "신청과 신고 창구", 4, 640, "o_work", "bizapps", false, ""},
}

// offeringRows are the levels at which some services are offered.
var offeringRows = []struct{ service, name, tier string }{
	{"pc", "노트북 표준 (Standard Laptop)", "standard"}, {"pc", "노트북 개발자용 (Developer Laptop)", "premium"}, {"mail", "메일 50GB (Mail 50 GB)", "standard"}, {"mail", "공용 메일함 (Shared Mailbox)", "basic"},
	{"vpn", "VPN 임직원 (Staff VPN)", "standard"}, {"vpn", "VPN 협력사 (Partner VPN)", "basic"}, {"files", "팀 드라이브 1TB (Team Drive 1 TB)", "standard"}, {"meeting", "화상회의실 (Video Room)", "standard"},
	{"k8s", "운영 네임스페이스 (Production Namespace)", "premium"}, {"k8s", "개발 네임스페이스 (Development Namespace)", "basic"}, {"bi", "경영 대시보드 (Executive Dashboards)", "premium"}, {"seller", "셀러 표준 (Standard Seller)", "standard"},
}

// A CI row makes count items named by pattern: "%02d" counts, "{shop}" is one for each
// shop, "{floor}" one for each floor of the sites.
type ciRow struct {
	service, class, pattern string
	count                   int
	group                   string
	crit                    int64
}

var ciRows = []ciRow{
	{"pos", "pos", "pos-{shop}-01", 1, "store_systems", 2}, {"pos", "pos", "pos-{shop}-02", 1, "store_systems", 2},
	{"kiosk", "kiosk", "kiosk-{shop}-01", 1, "store_systems", 3}, {"esl", "gateway", "esl-{shop}", 1, "store_systems", 4}, {"store_net", "router", "rt-{shop}", 1, "network", 2},
	{"wms", "handheld", "pda-ic-%02d", 18, "logistics_systems", 4}, {"wms", "app", "wms-app-%02d", 2, "logistics_systems", 2}, {"wms", "printer", "lbl-ic-%02d", 4, "logistics_systems", 3},
	{"mall", "web", "mall-web-%02d", 6, "sre", 1}, {"mall", "app", "mall-api-%02d", 4, "commerce_ops", 1}, {"mall", "database", "db-mall-prd-%02d", 2, "dba", 1},
	{"app", "app", "app-bff-%02d", 3, "commerce_ops", 1}, {"order", "app", "order-api-%02d", 3, "commerce_ops", 1}, {"order", "database", "db-order-prd-%02d", 2, "dba", 1},
	{"pay", "app", "pay-auth-%02d", 4, "pay_ops", 1}, {"pay", "database", "db-pay-prd-%02d", 2, "dba", 1}, {"gateway", "app", "pg-gw-%02d", 3, "pay_dev", 1},
	{"gateway", "load_balancer", "lb-pay-%02d", 2, "infra", 1}, {"mall", "load_balancer", "lb-mall-%02d", 2, "infra", 1}, {"settle", "app", "settle-batch-%02d", 2, "pay_ops", 2},
	{"member", "app", "member-api-%02d", 2, "commerce_ops", 2}, {"search", "app", "search-node-%02d", 3, "data_platform", 2}, {"cc", "cti", "sbc-bs-%02d", 2, "collab", 2},
	{"cc", "app", "crm-app-%02d", 2, "commerce_ops", 2}, {"seller", "app", "seller-web-%02d", 2, "commerce_dev", 2}, {"mail", "mail", "mx-gw-%02d", 2, "collab", 2},
	{"messenger", "saas", "messenger-tenant-%02d", 1, "collab", 3}, {"approval", "app", "gw-app-%02d", 2, "bizapps", 3}, {"files", "file_server", "fs-hq-%02d", 2, "collab", 3},
	{"sso", "app", "sso-idp-%02d", 2, "identity", 2}, {"vpn", "vpn", "vpn-gw-%02d", 3, "network", 2}, {"wifi", "ap", "ap-{floor}-01", 1, "network", 4},
	{"wifi", "ap", "ap-{floor}-02", 1, "network", 4}, {"wifi", "switch", "sw-{floor}-01", 1, "network", 3}, {"wifi", "firewall", "fw-hq-%02d", 2, "network", 2},
	{"print", "printer", "prt-{floor}-01", 1, "vendor_print", 5}, {"meeting", "room", "room-{floor}-01", 1, "workplace", 5}, {"erp", "app", "erp-app-%02d", 2, "bizapps", 2},
	{"erp", "database", "db-erp-prd-%02d", 1, "dba", 2}, {"hr", "app", "hr-app-%02d", 1, "bizapps", 3}, {"dwh", "batch", "batch-sales-%02d", 4, "data_platform", 3},
	{"dwh", "database", "db-dwh-%02d", 2, "dba", 3}, {"bi", "app", "bi-app-%02d", 1, "data_platform", 3}, {"k8s", "k8s", "k8s-prd-node-%02d", 12, "sre", 2},
	{"k8s", "server", "esx-pg-%02d", 6, "infra", 2}, {"cicd", "ci_server", "ci-runner-%02d", 6, "sre", 3}, {"door", "controller", "acs-hq-%02d", 3, "facilities", 4},
	{"portal", "app", "portal-web-%02d", 1, "bizapps", 4},
}

// Names of the upper two levels of the category tree; scenes name the third.
var categoryRows = []struct{ key, ko, en string }{
	{"workplace", "업무환경", "Workplace"}, {"workplace.pc", "PC", "PC"}, {"workplace.software", "소프트웨어", "Software"}, {"workplace.print", "출력", "Printing"}, {"workplace.meeting", "회의실", "Meeting rooms"},
	{"account", "계정·권한", "Accounts"}, {"account.sso", "로그인", "Sign-in"}, {"account.access", "접근 권한", "Access rights"},
	{"network", "네트워크", "Network"}, {"network.vpn", "VPN", "VPN"}, {"network.wifi", "무선", "Wi-Fi"}, {"network.wired", "유선", "Wired"}, {"network.web", "인터넷", "Internet"},
	{"collab", "협업", "Collaboration"}, {"collab.mail", "메일", "Mail"}, {"collab.messenger", "메신저", "Messenger"}, {"collab.approval", "전자결재", "Approvals"}, {"collab.drive", "드라이브", "Drive"},
	{"store", "매장", "Stores"}, {"store.pos", "POS", "POS"}, {"store.kiosk", "키오스크", "Kiosk"}, {"store.esl", "가격표", "Shelf labels"}, {"store.network", "매장 회선", "Store line"},
	{"logistics", "물류", "Logistics"}, {"logistics.wms", "WMS", "WMS"}, {"logistics.label", "송장", "Labels"}, {"logistics.order", "주문", "Orders"},
	{"cc", "고객센터", "Contact center"}, {"cc.cti", "전화", "Telephony"}, {"cc.crm", "상담 시스템", "Agent desktop"},
	{"commerce", "커머스", "Commerce"}, {"commerce.mall", "온라인몰", "Mall"}, {"commerce.app", "앱", "App"}, {"commerce.search", "검색", "Search"}, {"commerce.coupon", "쿠폰", "Coupons"},
	{"commerce.member", "회원", "Members"}, {"commerce.seller", "셀러", "Sellers"},
	{"payment", "결제", "Payment"}, {"payment.approve", "승인", "Approval"}, {"payment.refund", "환불", "Refund"}, {"payment.auth", "인증", "Authentication"}, {"payment.pg", "PG", "Gateway"}, {"payment.settle", "정산", "Settlement"},
	{"biz", "경영시스템", "Business systems"}, {"biz.erp", "ERP", "ERP"}, {"biz.hr", "인사", "HR"},
	{"data", "데이터", "Data"}, {"data.dwh", "배치", "Batch"}, {"data.bi", "대시보드", "Dashboards"},
	{"platform", "플랫폼", "Platform"}, {"platform.k8s", "쿠버네티스", "Kubernetes"}, {"platform.db", "데이터베이스", "Database"}, {"platform.cicd", "CI/CD", "CI/CD"}, {"platform.cert", "인증서", "Certificates"}, {"platform.server", "서버", "Servers"},
	{"portal", "IT 포털", "IT portal"}, {"portal.self", "셀프서비스", "Self-service"},
	{"security", "보안", "Security"}, {"security.phishing", "피싱", "Phishing"}, {"security.malware", "악성코드", "Malware"},
	{"access", "출입", "Physical access"}, {"access.door", "출입문", "Doors"},
}
