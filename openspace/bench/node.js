// The reference implementation of Socket.IO: node node.js PORT, run where socket.io is installed; it obeys `emit K`.

const http = require("http");
const readline = require("readline");
const { Server } = require("socket.io");

const server = http.createServer();
const io = new Server(server, { transports: ["websocket"] });
io.on("connection", (socket) => {
  socket.join("board");
  socket.emit("joined", {});
});
const fill = "x".repeat(684);
readline.createInterface({ input: process.stdin }).on("line", async (line) => {
  const began = [];
  for (let count = Number(line.split(" ")[1]); count > 0; count -= 1) {
    began.push(Number(process.hrtime.bigint()));
    io.to("board").emit("changes", { fill });
    await new Promise(setImmediate);
  }
  console.log(JSON.stringify({ began }));
});
server.listen({ port: Number(process.argv[2]), host: "127.0.0.1", backlog: 4096 }, () => console.log("{}"));
