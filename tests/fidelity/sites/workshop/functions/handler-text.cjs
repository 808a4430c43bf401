exports.handler = 'a text'
