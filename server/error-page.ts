type Told = { status: number; message: string; id: string }

/** The page for when the application itself cannot make one: no script, no file, nothing that could fail as well. */
export const errorPage = ({ status, message, id }: Told) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${status} · Finance Control Tower</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center }
  main { max-width: 34rem; padding: 2rem }
  h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .75rem }
  p { margin: 0 0 .75rem }
  small { opacity: .7 }
  code { font: 0.95em ui-monospace, monospace; user-select: all }
</style>
</head>
<body>
<main>
<p><small>Finance Control Tower · ${status}</small></p>
<h1>${escaped(message)}</h1>
<p>${status >= 500 ? OUR_FAULT : 'Nothing was changed.'}</p>
<p>Error <code>${escaped(id)}</code></p>
<p><a href="/">Go to the start page</a></p>
</main>
</body>
</html>
`

const OUR_FAULT = 'What was saved before is safe. Try again; if it stays like this, tell IT the number below.'
const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!)
