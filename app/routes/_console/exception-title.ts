import { groupedDecimal } from '#app/ui/decimal.ts'

/** The title of an exception as it is kept, with its figures grouped. Codes, which look like figures, stay as they are. */
export const exceptionTitle = (title: string): string =>
  title.replace(
    /\b(opening|movement|closing|debit|credit|net|up to|states|records,) (-?\d+(?:\.\d+)?)(?![\w.])/g,
    (_, word: string, figure: string) => `${word} ${groupedDecimal(figure)}`,
  )
