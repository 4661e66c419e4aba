import { expect, test } from 'vitest'
import { paths } from './paths.ts'

// Every address once bare and once with all it can carry. A changed line here is a changed permalink.
const printed: Record<keyof typeof paths, string[]> = {
  signIn: [paths.signIn(), paths.signIn({ returnTo: '/runs?status=failed' })],
  signOut: [paths.signOut()],
  preferences: [paths.preferences()],
  tower: [paths.tower(), paths.tower({ entity: 'DE01', period: '2026-11', version: 'FY26 v3', asOf: 12 })],
  totals: [paths.totals(), paths.totals({ entity: 'DE01', currency: 'EUR', show: 'untied' })],
  lines: [paths.lines(), paths.lines({ run: '42', currency: 'EUR', account: '4000', outcome: 'rejected', after: '17' })],
  line: [paths.line(7n), paths.line('7', { asOf: 12 })],
  runs: [paths.runs(), paths.runs({ job: 'gl-de01', status: 'failed', entity: '', before: '9' })],
  run: [paths.run('9f1c'), paths.run('9f1c', { entity: 'DE01' })],
  exceptions: [paths.exceptions(), paths.exceptions({ class: 'business', state: 'open', code: 'cost_centre_inactive' })],
  exception: [paths.exception(10432)],
  jobs: [paths.jobs()],
  job: [paths.job('gl-de01'), paths.job('a/b?c')],
  upload: [paths.upload(), paths.upload({ job: 'gl-de01' })],
  audit: [paths.audit(), paths.audit({ actor: 'cara', action: 'run.replayed', subject: 'run 9', from: '2026-11-01' })],
  artifact: [paths.artifact('ab12'), paths.artifact('ab12', 8114)],
}

test('all addresses', () => {
  expect(Object.entries(printed).map(([name, urls]) => `${name}: ${urls.join('  ')}`)).toEqual([
    'signIn: /sign-in  /sign-in?returnTo=%2Fruns%3Fstatus%3Dfailed',
    'signOut: /sign-out',
    'preferences: /',
    'tower: /  /?entity=DE01&period=2026-11&version=FY26+v3&asOf=12',
    'totals: /totals  /totals?entity=DE01&currency=EUR&show=untied',
    'lines: /lines  /lines?run=42&currency=EUR&account=4000&outcome=rejected&after=17',
    'line: /lines/7  /lines/7?asOf=12',
    'runs: /runs  /runs?job=gl-de01&status=failed&before=9',
    'run: /runs/9f1c  /runs/9f1c?entity=DE01',
    'exceptions: /exceptions  /exceptions?class=business&state=open&code=cost_centre_inactive',
    'exception: /exceptions/10432',
    'jobs: /jobs',
    'job: /jobs/gl-de01  /jobs/a%2Fb%3Fc',
    'upload: /upload  /upload?job=gl-de01',
    'audit: /audit  /audit?actor=cara&action=run.replayed&subject=run+9&from=2026-11-01',
    'artifact: /artifacts/ab12  /artifacts/ab12?position=8114',
  ])
})
