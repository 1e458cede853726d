// Types of the gateway's API, from the description that the gateway generates: `npm run api`; with --check, only looks.
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const SOURCE = new URL("../../openapi/gateway.json", import.meta.url);
const TARGET = new URL("../src/shared/api/schema.d.ts", import.meta.url);

const document = JSON.parse(readFileSync(SOURCE, "utf8"));
for (const operations of Object.values(document.paths)) {
  for (const operation of Object.values(operations)) {
    for (const parameter of operation.parameters ?? []) {
      // The gateway can do without; our pages may not, so that a call without it does not compile.
      if (parameter.name === "Idempotency-Key") parameter.required = true;
    }
  }
}
const types = `// Generated from openapi/gateway.json by \`npm run api\`; do not edit.\n\n${astToString(await openapiTS(document, { defaultNonNullable: false }))}`;

if (!process.argv.includes("--check")) {
  writeFileSync(TARGET, types);
} else if (readFileSync(TARGET, "utf8") !== types) {
  console.error("src/shared/api/schema.d.ts is not what openapi/gateway.json says: run `npm run api`");
  process.exit(1);
}
