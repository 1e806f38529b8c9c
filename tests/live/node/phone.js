// A phone with socket.io's own client: node phone.js URL COOKIE AUTH tells what happens, a line of JSON each.

const { io } = require("socket.io-client");
const [url, Cookie, auth] = process.argv.slice(2);
const tell = (event, more = {}) => console.log(JSON.stringify({ event, ...more }));
const options = { transports: ["websocket"], auth: JSON.parse(auth), extraHeaders: { Cookie }, reconnectionDelay: 100 };
const socket = io(url, options);
const numbers = [];

socket.on("joined", () => tell("joined"));
socket.on("later", () => tell("later"));
socket.on("numbered", ({ number }) => {
  numbers.push(number);
  if (numbers.length === 1000) tell("thousand", { in_order: numbers.every((each, index) => each === index) });
});
