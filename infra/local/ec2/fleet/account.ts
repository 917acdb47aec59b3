/** The account that this server plays. */
export const accountId = '123456789012';
