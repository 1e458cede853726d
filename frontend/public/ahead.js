// While the program is on its way, what the page that was opened will need is asked for: its files, and what it reads first.
// The build fills in the table: see scripts/ahead.ts.
(() => {
  const { pages = [], texts = {} } = "__AHEAD__";
  const { pathname, search } = location;
  const found = pages.find(([path]) => new RegExp(path).test(pathname));
  if (!found) return;
  const [path, files, areas, reads] = found;

  // If it is known here who reads. Taken over by src/shared/api/ahead.ts.
  const asked = new URLSearchParams(search);
  const begin = (token, read) => {
    const [, name] = /\{(\w+)\}/.exec(read) ?? [];
    if (name && !asked.has(name)) return [];
    const named = read.replace(/\{\w+\}/, () => encodeURIComponent(asked.get(name)));
    const url = pathname.replace(new RegExp(path), named);
    const answer = fetch(url, { headers: { authorization: `Bearer ${token}` } });
    answer.catch(() => undefined);
    return [{ url, token, answer }];
  };
  const token = session()?.token;
  globalThis.ahead = token ? reads.flatMap((read) => begin(token, read)) : [];

  const language = document.documentElement.lang;
  // The first two as in src/shared/intl/index.ts, `first`: in English they are in the program.
  const written = [...new Set(["app", "order", ...areas])].map((area) => texts[language]?.[area]);
  for (const file of [...files, ...written]) {
    if (!file) continue;
    const link = document.createElement("link");
    link.rel = "modulepreload";
    link.href = `/assets/${file}`;
    document.head.append(link);
  }

  /** As src/shared/auth/local.ts keeps it; other ways of signing in have no token before the program runs. */
  function session() {
    try {
      return JSON.parse(localStorage.getItem("campusg.session"));
    } catch {
      return undefined;
    }
  }
})();
