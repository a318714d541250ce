package neonsim

import (
	"fmt"
	"strings"
)

// hostile are names that somebody gave in bad faith or by accident, and that a
// page, a chart, a spreadsheet or a log must survive. Every one is a name that
// Neon takes: 1 to 256 characters (FACTS §2).
var hostile = []string{
	`<script>alert("tenant")</script>`,
	`=cmd|' /C calc'!A0`,
	"+1-800-DATABASE",
	"-2+3",
	"@SUM(A1:A9)",
	"\u202eevil\u202c.exe",
	"شركة المثال",
	"🚀🔥 launch day 👩‍💻",
	strings.Repeat("w", 256),
	`"; DROP TABLE tenant; --`,
	"a,b\"c\nd",
	"  spaces around  ",
	"<img src=x onerror=alert(1)>",
	"100% _legit_ \\ name",
	"null",
	"\tTabbed",
}

// name gives a project the name its owner would have given.
func name(index int, hash uint64) string {
	if index%149 == 7 {
		return hostile[index/149%len(hostile)]
	}
	r := mix2(hash, uint64(saltName))
	company, product := pick(r>>8, companies), pick(r>>20, products)
	number := r >> 32 % 10000
	switch style := r % 100; {
	case style < 34:
		return company + "-" + product
	case style < 48:
		return fmt.Sprintf("%s-%s-%d", company, product, 1+number%40)
	case style < 58:
		return company + "-" + product + "-" + pick(r>>40, stages)
	case style < 68:
		return fmt.Sprintf("cust_%05d", index)
	case style < 78:
		return fmt.Sprintf("tenant-%04d-%s", number, company)
	case style < 86:
		return title(company) + " " + title(product)
	case style < 92:
		return pick(r>>40, people) + "-" + product
	case style < 95:
		return pick(r>>40, people) + "'s " + product
	case style < 98:
		return fmt.Sprintf("app_%08x", uint32(r>>32))
	default:
		return pick(r>>40, abroad)
	}
}

func title(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

// slug makes an id's words: wispy-meadow.
func slug(random uint64) string {
	return pick(random, adjectives) + "-" + pick(random>>20, nouns)
}
