// Reads vCards from standard input with ical.js and tells what they say: an array of jCards (RFC 7095).

import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const parsed = ICAL.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(parsed[0] === "vcard" ? [parsed] : parsed));
