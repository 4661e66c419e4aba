import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const NODE_NEEDED = '20.19.0'
const ROOT = fileURLToPath(new URL('../../', import.meta.url))

const postgresUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'must look like postgres://user:password@host:5432/name' })
const whole = (smallest: number, largest: number) => {
  const error = `must be a whole number from ${smallest} to ${largest}`
  const inRange = z.int().min(smallest, { error }).max(largest, { error })
  return z
    .string()
    .regex(/^\d{1,9}$/, { error })
    .transform((text) => Number.parseInt(text, 10))
    .pipe(inRange)
}
const oneOf = <T extends string>(...values: T[]) => z.enum(values, { error: `must be one of ${values.join(', ')}` })

/** Every setting the process reads, in one screen. A secret has no default; a tunable always has one. */
const Schema = z.object({
  /** Your own PostgreSQL, as the owner of the database. Without it the embedded one in DATA_DIR is used. */
  DATABASE_URL: postgresUrl.optional(),
  /** The login of the restricted role the program works as. Without it one is made. */
  DATABASE_APP_URL: postgresUrl.optional(),
  HOST: z.string().default('127.0.0.1'),
  PORT: whole(0, 65_535).default(3000),
  DATA_DIR: z
    .string()
    .default('.data')
    .transform((folder) => resolve(ROOT, folder)),
  /** Without it one is made and kept in DATA_DIR. Several web processes need the same one. */
  SESSION_SECRET: z.string().min(32, { error: 'must be at least 32 characters' }).optional(),
  /** Signs checkpoints of the audit log: an Ed25519 private key, PKCS#8, base64. Without it one is made and kept in DATA_DIR. */
  AUDIT_SIGNING_KEY: z
    .string()
    .regex(/^[A-Za-z0-9+/]{64}$/, { error: 'must be an Ed25519 private key: PKCS#8 (DER) in base64, 64 characters' })
    .optional(),
  LOG_LEVEL: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace').default('info'),
  WORKER_CONCURRENCY: whole(1, 64).default(4),
  /** no: a real installation. Else an empty database gets the demonstration company, its jobs and its sign-ins. */
  DEMO: oneOf('yes', 'no').default('yes'),
  /** Where spans and metrics go (OTLP over HTTP), such as http://127.0.0.1:4318. Nothing leaves this machine without it. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/, error: 'must look like http://host:4318' }).optional(),
  /** true: no spans and no metrics at all, so that runs keep no trace of their own either. */
  OTEL_SDK_DISABLED: oneOf('true', 'false').default('false'),
  /** What Prometheus must send as its bearer token to read /metrics. Without it there is no /metrics. */
  METRICS_TOKEN: z.string().min(16, { error: 'must be at least 16 characters' }).optional(),
  /** How long the traces of runs are kept. */
  TRACE_DAYS: whole(1, 3_650).default(30),
  NODE_ENV: oneOf('production', 'development', 'test').default('production'),
})
export type Env = Readonly<z.infer<typeof Schema>>

export class EnvError extends Error {
  override readonly name = 'EnvError'
}

/** Called once by each entry point. Everything else takes what it needs as an argument. */
export function loadEnv(source?: Record<string, string | undefined>, nodeVersion: string = process.versions.node): Env {
  const problems = nodeProblems(nodeVersion)
  const parsed = Schema.safeParse(filledIn(source ?? processSource()))
  if (!parsed.success) {
    // Names and reasons only. A value could be a secret, and this text ends up in a log.
    problems.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}.`))
  }
  if (problems.length > 0 || !parsed.success) throw new EnvError(problems.join('\n'))
  // React and Remix read it for themselves when they are loaded, which is after this.
  if (!source) process.env.NODE_ENV = parsed.data.NODE_ENV
  return Object.freeze(parsed.data)
}

/** Sets the variables that jobs name, for this process and those it starts. One that is set by hand stays. */
export function provideCredentials(values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) if (!(name in Schema.shape)) process.env[name] ??= value
}

/** Jobs name the variables that hold their credentials; a setting of the program itself is never one of them. */
export const credentialFrom = (name: string): string | undefined => (name in Schema.shape ? undefined : process.env[name])

/** For a process of ours that is started now: `settings`, where nobody has set them otherwise. */
export const environmentWith = (settings: Readonly<Record<string, string>> = {}) => ({ ...settings, ...process.env })

/** npm puts a shell between itself and us. */
export const isStartedByNpm = (): boolean => process.env.npm_lifecycle_event !== undefined

export type SettingInForce = { readonly name: string; readonly isSet: boolean }

/** Every setting by name, and whether it is set or left to its default. Never a value: it could be a secret. */
export const settingsInForce = (source: Record<string, string | undefined> = process.env): SettingInForce[] =>
  Object.keys(Schema.shape).map((name) => ({ name, isSet: (source[name] ?? '').trim() !== '' }))

/** The command line answers in words of its own and logs only when it is asked to. That a level is wrong, loadEnv says. */
export function askedLogLevel(): Env['LOG_LEVEL'] | 'silent' {
  const asked = process.env.LOG_LEVEL ? Schema.shape.LOG_LEVEL.safeParse(process.env.LOG_LEVEL) : null
  return asked?.data ?? 'silent'
}

function nodeProblems(version: string): string[] {
  return isOlder(version, NODE_NEEDED)
    ? [`Node ${version} is too old: install Node ${NODE_NEEDED} or newer (22 and 24 work as well) and run \`npm install\` again.`]
    : []
}

function isOlder(version: string, than: string) {
  const [a, b] = [version, than].map((text) => text.split('.').map((part) => Number.parseInt(part, 10)))
  for (let i = 0; i < 3; i++) if (a![i] !== b![i]) return a![i]! < b![i]!
  return false
}

function processSource() {
  // An old Node does not have it, and must still be told that it is old.
  if (existsSync(resolve(ROOT, '.env'))) process.loadEnvFile?.(resolve(ROOT, '.env'))
  return process.env
}

/** `PORT=` in a shell or an .env file means "not set". */
const filledIn = (source: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value.trim() !== ''))
