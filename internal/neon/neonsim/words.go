package neonsim

// Words of the ids that Neon makes: wispy-meadow-84714297.
var (
	adjectives = []string{
		"aged", "autumn", "billowing", "bitter", "black", "blue", "bold", "broad", "broken", "calm", "cold", "cool",
		"crimson", "curly", "damp", "dark", "dawn", "delicate", "divine", "dry", "empty", "falling", "fancy", "flat",
		"floral", "fragrant", "frosty", "gentle", "green", "hidden", "holy", "icy", "jolly", "late", "lingering",
		"little", "lively", "long", "lucky", "misty", "morning", "muddy", "mute", "nameless", "noisy", "odd", "old",
		"orange", "patient", "plain", "polished", "proud", "purple", "quiet", "rapid", "raspy", "red", "restless",
		"rough", "round", "royal", "shiny", "shrill", "shy", "silent", "small", "snowy", "soft", "solitary", "sparkling",
		"spring", "square", "steep", "still", "summer", "super", "sweet", "throbbing", "tight", "tiny", "twilight",
		"wandering", "weathered", "white", "wild", "winter", "wispy", "withered", "yellow", "young",
	}
	nouns = []string{
		"art", "band", "bar", "base", "bird", "block", "boat", "bonus", "bread", "breeze", "brook", "bush", "butterfly",
		"cake", "cell", "cherry", "cloud", "credit", "darkness", "dawn", "dew", "disk", "dream", "dust", "feather",
		"field", "fire", "firefly", "flower", "fog", "forest", "frog", "frost", "glade", "glitter", "grass", "hall",
		"hat", "haze", "heart", "hill", "king", "lab", "lake", "leaf", "limit", "math", "meadow", "mode", "moon",
		"morning", "mountain", "mouse", "mud", "night", "paper", "pine", "poetry", "pond", "queen", "rain", "recipe",
		"resonance", "rice", "river", "salad", "scene", "sea", "shadow", "shape", "silence", "sky", "smoke", "snow",
		"snowflake", "sound", "star", "sun", "sunset", "surf", "term", "thunder", "tooth", "tree", "truth", "union",
		"unit", "violet", "voice", "water", "waterfall", "wave", "wildflower", "wind", "wood",
	}
)

// Words of the names that a platform's customers give.
var (
	companies = []string{
		"acme", "northwind", "bluebird", "contoso", "globex", "initech", "umbra", "hooli", "stark", "wayne", "lumen",
		"orchard", "maple", "redwood", "harbor", "beacon", "summit", "atlas", "nimbus", "quartz", "cobalt", "juniper",
		"willow", "falcon", "osprey", "heron", "otter", "badger", "lynx", "fjord", "delta", "tundra", "prairie",
		"canyon", "mesa", "ridge", "stone", "copper", "silver", "amber", "velvet", "paper", "pixel", "vector",
		"tensor", "lambda", "kappa", "omega", "nova", "pulsar", "comet", "orbit", "zenith", "apex", "vertex", "prism",
		"mosaic", "canvas", "studio", "garden", "kitchen", "market", "village", "union",
	}
	products = []string{
		"analytics", "crm", "shop", "billing", "api", "portal", "dashboard", "blog", "app", "mobile", "inventory",
		"bookings", "events", "chat", "notes", "wiki", "forms", "payments", "search", "reports", "tracker", "planner",
		"store", "jobs", "hr", "fleet", "iot", "ml", "agent", "bot", "demo", "landing", "survey", "tickets", "invoices",
		"academy", "clinic", "recipes", "fitness", "weather",
	}
	people = []string{
		"maria", "juan", "li-wei", "fatima", "sven", "olga", "kenji", "aisha", "tom", "ines", "noah", "emma", "lucas",
		"mia", "arjun", "zoe", "omar", "nina", "pavel", "chloe",
	}
	stages = []string{"dev", "staging", "prod", "test", "v2", "eu", "us", "beta", "internal", "legacy"}
	abroad = []string{
		"Łódź Logistyka", "東京ストア", "Café Zürich", "Ærø Færge", "Москва CRM", "São Paulo Delivery", "मुंबई ऐप",
		"Ελλάδα Shop", "한국 분석", "Señor Taco's", "Größenwahn GmbH", "Đà Nẵng Tours",
	}
)
