import { paths } from '#app/paths.ts'
import { ROLES } from '#server/domain/actor.ts'
import { expect, expectAccessible, test } from './fixtures.ts'

// Run 10 of the demonstration has rejected records, run 21 is held; db/seed/seed.test.ts keeps it so.
const PAGES = {
  Tower: paths.tower(),
  'Control totals': paths.totals(),
  'Control totals, source to loaded': paths.totals({ view: 'checkpoints' }),
  'Control totals, what changed': paths.totals({ view: 'changes' }),
  Lines: paths.lines(),
  Exceptions: paths.exceptions(),
  'an exception of records': paths.exception(1),
  'an exception of a control': paths.exception(3),
  Runs: paths.runs(),
  'a run that published': paths.run(10),
  'its timeline': paths.run(10, { view: 'timeline' }),
  'its trace': paths.run(10, { view: 'trace' }),
  'its trace with statements': paths.run(10, { view: 'trace', spans: 'all' }),
  'its rejected records': paths.runRejected(10),
  'its repeated records': paths.runRepeats(10),
  'a run that is held': paths.run(21),
  Jobs: paths.jobs(),
  Mappings: paths.mappings(),
  'codes that wait for a mapping': paths.unmapped(),
  'a dimension': paths.dimension('cost_centre'),
  'a member': paths.dimension('cost_centre', { member: '|CC200' }),
  'a correction by hand': paths.dimension('cost_centre', { member: '|CC200', do: 'correct' }),
  'the mapping of a system': paths.mapping('torvane-procurement'),
  'a mapping to propose': paths.mapping('torvane-procurement', { do: 'propose', dimension: 'account', code: 'COBALT' }),
  'a list of mappings to propose': paths.mapping('torvane-procurement', { do: 'list' }),
  'a job': paths.job('torvane-plant-movements'),
  'Change the schedule of a job': paths.job('torvane-plant-movements', { do: 'schedule' }),
  Feeds: paths.feeds(),
  Upload: paths.upload(),
  Audit: paths.audit(),
}

for (const [name, address] of Object.entries(PAGES)) {
  test(`${name}: the browser and axe have nothing to complain of`, async ({ signedInAs }) => {
    const page = await signedInAs('finance_operations')
    const answer = await page.goto(address)
    expect(answer?.status()).toBe(200)
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1)
    await expectAccessible(page)
  })
}

test('a line: the browser and axe have nothing to complain of', async ({ signedInAs }) => {
  const page = await signedInAs('finance_operations')
  await page.goto(paths.lines())
  await page.getByRole('main').getByRole('table').getByRole('link').first().click()
  await expect(page).toHaveURL(/\/lines\/\d+/)
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1)
  await expectAccessible(page)
})

test('every role may read every page', async ({ signedInAs, context }) => {
  for (const role of ROLES) {
    await context.clearCookies()
    await signedInAs(role)
    for (const address of Object.values(PAGES)) {
      const answer = await context.request.get(address, { maxRedirects: 0 })
      expect([role, address, answer.status()]).toEqual([role, address, 200])
    }
  }
})
