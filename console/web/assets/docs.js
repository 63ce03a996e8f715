// Shows the API's description in Swagger UI, and lets requests be tried from there.

/* global SwaggerUIBundle */

const API = "/api/v1";

// Swagger UI of this release reads OpenAPI 3.0: a schema of 3.1 is put into its words, for display only.
function readable(value) {
  if (Array.isArray(value)) return value.map(readable);
  if (value === null || typeof value !== "object") return value;
  const made = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, readable(each)]));
  if ("const" in made) made.enum = [made.const];
  if (Array.isArray(made.prefixItems)) made.items = made.prefixItems[0] ?? {};
  return Array.isArray(made.anyOf) ? withoutNull(made) : made;
}

function withoutNull(schema) {
  const others = schema.anyOf.filter((each) => each.type !== "null");
  if (others.length === schema.anyOf.length) return schema;
  const { anyOf: _, ...rest } = schema;
  const [only] = others;
  if (others.length > 1) return { ...rest, nullable: true, anyOf: others };
  return "$ref" in only ? { ...rest, nullable: true, allOf: [only] } : { ...only, ...rest, nullable: true };
}

const [described, session] = await Promise.all(
  [`${API}/openapi.json`, `${API}/session`].map(async (path) => (await fetch(path)).json()),
);

SwaggerUIBundle({
  spec: { ...readable(described), openapi: "3.0.3" },
  dom_id: "#docs",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  requestInterceptor(request) {
    request.headers["X-CSRF-Token"] = session.csrf;
    return request;
  },
});
