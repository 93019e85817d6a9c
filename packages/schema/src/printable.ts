/**
 * Text as one may print it on a line: control, direction and line-separating characters, which would act on the terminal, are
 * shown as �. Names, queries and messages of others may hold anything.
 */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '�');
