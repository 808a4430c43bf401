export const handler = async (event: { path: string }): Promise<{ statusCode: number; body: string }> => ({ statusCode: 200, body: 'typescript ' + event.path })
