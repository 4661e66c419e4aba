import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { StartError } from '#db/embedded.ts'
import { withFileLock } from '#server/platform/file-lock.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
export const BUILD = { server: join(ROOT, 'build/server/index.js'), client: join(ROOT, 'build/client') }
const MARK = join(ROOT, 'build/inputs.sha256')

/** Everything that ends up in the built pages. The rest of server/ and db/ is imported as it is, never copied. */
const INPUTS = ['app', 'server/domain', 'vite.config.ts', 'package.json', 'package-lock.json']

/** Builds the web application when it is missing or older than what it is made of. True when it had to. */
export async function ensureBuild(signal: AbortSignal, logFile: string): Promise<boolean> {
  let built = false
  while (!(await isFresh())) {
    await mkdir(dirname(MARK), { recursive: true })
    // Another start may be building this very moment: then its result is awaited.
    const mine = await withFileLock(join(ROOT, 'build/building'), async () => {
      if (await isFresh()) return false
      const inputs = await hashOfInputs()
      await rm(MARK, { force: true })
      await build(signal, logFile)
      await writeFile(MARK, inputs)
      return true
    })
    built ||= mine === true
    if (mine === null) await sleep(200, undefined, { signal })
  }
  return built
}

async function isFresh() {
  if (!existsSync(BUILD.server)) return false
  const mark = await readFile(MARK, 'utf8').catch(() => null)
  return mark !== null && mark === (await hashOfInputs())
}

async function hashOfInputs() {
  const hash = createHash('sha256')
  for (const input of INPUTS) {
    for (const file of await filesOf(input))
      hash
        .update(`${file}\0`)
        .update(await readFile(join(ROOT, file)))
        .update('\0')
  }
  return hash.digest('hex')
}

async function filesOf(input: string): Promise<string[]> {
  if (/\.\w+$/.test(input)) return existsSync(join(ROOT, input)) ? [input] : []
  const found = await readdir(join(ROOT, input), { recursive: true, withFileTypes: true })
  const files = found.filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
  return files.map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length)).sort()
}

async function build(signal: AbortSignal, logFile: string) {
  const cli = join(dirname(createRequire(import.meta.url).resolve('@remix-run/dev/package.json')), 'dist/cli.js')
  const child = spawn(process.execPath, [cli, 'vite:build'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], signal })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const code = await new Promise<number | null>((done, fail) => child.once('close', done).once('error', fail))
  if (code === 0) return
  await writeFile(logFile, said)
  throw new StartError(`The web application could not be built: the reason is in ${logFile}.`)
}
