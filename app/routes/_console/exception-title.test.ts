import { expect, test } from 'vitest'
import { exceptionTitle } from './exception-title.ts'

test.each([
  {
    name: 'figures of a roll-forward are grouped, the account is not',
    title: 'Account 1920: opening 370000 plus movement -354407.00 is not the stated closing 670568.75',
    shown: 'Account 1920: opening 370,000 plus movement -354,407.00 is not the stated closing 670,568.75',
  },
  {
    name: 'so are counts',
    title: 'The source states 8410 records, 8400 arrived',
    shown: 'The source states 8,410 records, 8,400 arrived',
  },
  {
    name: 'and sums',
    title: 'The source states debit 1200.5, the records add up to 1200',
    shown: 'The source states debit 1,200.5, the records add up to 1,200',
  },
  { name: 'a code is no figure', title: 'Cost centre 4711 is inactive', shown: 'Cost centre 4711 is inactive' },
])('$name', ({ title, shown }) => expect(exceptionTitle(title)).toBe(shown))
