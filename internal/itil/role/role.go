// Package role holds the name of every role (book A §0.5 and book B §0.4, merged),
// nothing else.
package role

// Everyone.
const (
	Anyone      = "anyone" // whoever is signed in
	EndUser     = "end_user"
	Approver    = "approver"
	CustomerRep = "customer_rep"
	Supplier    = "supplier_user"
	Executive   = "executive"
	Auditor     = "auditor"
	Admin       = "admin"
	Integration = "integration"
)

// Strategy and design.
const (
	StrategyManager     = "strategy_manager"
	PortfolioManager    = "portfolio_manager"
	FinanceManager      = "finance_manager"
	CostCenterOwner     = "cost_center_owner"
	DemandManager       = "demand_manager"
	BRM                 = "brm"
	ServiceOwner        = "service_owner"
	CatalogueManager    = "catalogue_manager"
	SLM                 = "slm"
	AvailabilityManager = "availability_manager"
	CapacityManager     = "capacity_manager"
	ContinuityManager   = "continuity_manager"
	SecurityManager     = "security_manager"
	RiskOwner           = "risk_owner"
	ControlOwner        = "control_owner"
	SupplierManager     = "supplier_manager"
	DesignCoordinator   = "design_coordinator"
)

// Transition.
const (
	TransitionManager  = "transition_manager"
	ChangeManager      = "change_manager"
	CABMember          = "cab_member"
	ReleaseManager     = "release_manager"
	Deployer           = "deployer"
	ConfigManager      = "config_manager"
	AssetManager       = "asset_manager"
	LicenseManager     = "license_manager"
	CIOwner            = "ci_owner"
	TestManager        = "test_manager"
	Tester             = "tester"
	KnowledgeAuthor    = "knowledge_author"
	KnowledgeReviewer  = "knowledge_reviewer"
	KnowledgeManager   = "knowledge_manager"
	ImprovementManager = "csi_manager"
)

// Operation.
const (
	Agent                = "agent"
	Resolver             = "resolver"
	TeamLead             = "team_lead"
	IncidentManager      = "incident_manager"
	MajorIncidentManager = "major_incident_manager"
	ProblemManager       = "problem_manager"
	AccessManager        = "access_manager"
	ResourceOwner        = "resource_owner"
	AccessReviewer       = "reviewer"
	EventOperator        = "event_operator"
	SRE                  = "sre"
)

// All lists every role a person may be given.
var All = []string{EndUser, Approver, CustomerRep, Supplier, Executive, Auditor, Admin, Integration,
	StrategyManager, PortfolioManager, FinanceManager, CostCenterOwner, DemandManager, BRM, ServiceOwner, CatalogueManager, SLM,
	AvailabilityManager, CapacityManager, ContinuityManager, SecurityManager, RiskOwner, ControlOwner, SupplierManager, DesignCoordinator,
	TransitionManager, ChangeManager, CABMember, ReleaseManager, Deployer, ConfigManager, AssetManager, LicenseManager, CIOwner, TestManager,
	Tester, KnowledgeAuthor, KnowledgeReviewer, KnowledgeManager, ImprovementManager, Agent, Resolver, TeamLead, IncidentManager,
	MajorIncidentManager, ProblemManager, AccessManager, ResourceOwner, AccessReviewer, EventOperator, SRE}
