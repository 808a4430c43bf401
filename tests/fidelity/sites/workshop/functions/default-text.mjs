export default 'a text'
